//! Sets of components, composed twice and once more from the plan.

use wct::component::Component;
use wct::compose::decompose::decompose;
use wct::compose::{self, Components, File, Flags, Options, Plan, Report};
use wct::diagnostic::Diagnostic;
use wct::progress::Silent;

use crate::smaller;
use crate::worlds::{Names, component, wit};

/// Components by file name; the first is the root, the others are searched in this order.
pub struct Set {
    files: Vec<(String, Vec<u8>)>,
    pub flags: Flags,
}

pub struct Made {
    pub wasm: Vec<u8>,
    pub report: Report,
}

impl Set {
    /// A component for each of these worlds.
    pub fn of(wit: &str, worlds: &[&str]) -> Set {
        Set::new(
            worlds
                .iter()
                .map(|world| (*world, component(wit, world, Names::Full))),
        )
    }

    pub fn new<'n>(files: impl IntoIterator<Item = (&'n str, Vec<u8>)>) -> Set {
        let files: Vec<(String, Vec<u8>)> = files
            .into_iter()
            .map(|(name, bytes)| (format!("{name}.wasm"), bytes))
            .collect();
        let file = |name: &String| File {
            name: None,
            path: name.clone(),
        };
        let mut named = files.iter().map(|(name, _)| file(name));
        let flags = Flags {
            root: named.next(),
            providers: named.collect(),
            ..Flags::default()
        };
        Set { files, flags }
    }

    pub fn run(&self) -> Result<Made, Box<Diagnostic>> {
        let plan = self.flags.plan()?;
        let made = self.carry_out(&plan)?;
        // Twice, and from the plan that was carried out, the same bytes.
        assert_eq!(
            self.carry_out(&plan)?.wasm,
            made.wasm,
            "another time, other bytes"
        );
        let again = Plan::parse("plan.toml", &made.report.plan.to_toml())?;
        assert_eq!(
            self.carry_out(&again)?.wasm,
            made.wasm,
            "other bytes from the plan"
        );
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&made.wasm)
            .expect("it is valid");
        expect_same_from_inside(&made);
        smaller::smaller(&made.wasm).unwrap_or_else(|error| panic!("{error}"));
        Ok(made)
    }

    fn carry_out(&self, plan: &Plan) -> Result<Made, Box<Diagnostic>> {
        let mut components = Components::new();
        for (id, file) in &plan.components {
            let (_, bytes) = self
                .files
                .iter()
                .find(|(name, _)| *name == file.source)
                .expect("it is there");
            components.insert(id.clone(), bytes);
        }
        let composed = compose::compose(plan, &components, &Options::default(), &Silent)?;
        Ok(Made {
            wasm: composed.wasm.expect("it was no dry run"),
            report: composed.report,
        })
    }

    pub fn made(&self) -> Made {
        self.run().unwrap_or_else(|error| panic!("{error:#?}"))
    }

    pub fn refused(&self) -> Box<Diagnostic> {
        match self.run() {
            Ok(made) => panic!("composed: {}", wit(&made.wasm)),
            Err(error) => error,
        }
    }
}

impl Made {
    pub fn component(&self) -> Component<'_> {
        Component::parse(&self.wasm).expect("it is a component")
    }

    pub fn imports(&self) -> Vec<String> {
        let component = self.component();
        component
            .imports
            .iter()
            .map(|import| import.name.name.to_string())
            .collect()
    }

    pub fn exports(&self) -> Vec<String> {
        let component = self.component();
        component
            .exports
            .iter()
            .map(|export| export.name.name.to_string())
            .collect()
    }

    /// How many components lie inside.
    pub fn nested(&self) -> usize {
        let component = self.component();
        component
            .components
            .iter()
            .filter(|(_, origin)| origin.defined().is_some())
            .count()
    }
}

pub fn causes(error: &Diagnostic) -> String {
    format!("{}\n{}", error.message, error.causes.join("\n"))
}

/// Taken apart and composed again it is the same: byte by byte, for what it was made with was
/// decided by what is in it.
fn expect_same_from_inside(made: &Made) {
    let apart = decompose("made.wasm", &made.wasm).unwrap_or_else(|error| panic!("{error:#?}"));
    assert!(apart.warnings.is_empty(), "{:#?}", apart.warnings);
    let plan = Plan::parse("plan.toml", &apart.plan.to_toml()).expect("it is written in TOML");
    assert_eq!(plan, apart.plan);
    let again = compose::compose(&plan, &apart.components, &Options::default(), &Silent);
    let again = again.unwrap_or_else(|error| panic!("{error:#?}"));
    let wasm = again.wasm.expect("it was no dry run");
    let plan = decompose("again.wasm", &wasm).map(|apart| apart.plan);
    assert_eq!(plan.expect("it is a composition"), apart.plan);
    assert_eq!(outside(&wasm), outside(&made.wasm));
    assert_eq!(wasm, made.wasm, "{}", apart.plan.to_toml());
}

/// Its imports and exports.
fn outside(wasm: &[u8]) -> Vec<String> {
    let component = Component::parse(wasm).expect("it is a component");
    let imports = component.imports.iter().map(|import| import.name);
    let names = imports.chain(component.exports.iter().map(|export| export.name));
    names.map(|name| format!("{name:?}")).collect()
}
