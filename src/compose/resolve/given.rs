//! What does the plan itself say about arguments and exports?

use std::collections::BTreeMap;

use wasmparser::component_types::ComponentEntityType;

use super::{Resolver, differences_of, names, no_such};
use crate::component::ExternName;
use crate::compose::check;
use crate::compose::decision::{Decision, Outcome};
use crate::compose::graph::{Arg, At, Export, Source};
use crate::compose::name::Name;
use crate::compose::part::Item;
use crate::compose::plan::{self, Declarations};
use crate::diagnostic::{Diagnostic, Result};

impl<'p, 'a> Resolver<'p, 'a> {
    pub(super) fn exports(&mut self) -> Result<Vec<Export<'a>>> {
        let mut exports = Vec::new();
        if let Some(root) = &self.plan.root {
            let instance = self.need(root)?;
            if self.plan.exports.is_empty() {
                let part = &self.parts[self.part_of(root)?];
                for (index, item) in part.exports.iter().enumerate() {
                    exports.push(Export {
                        source: exported(instance, index),
                        name: item.extern_name,
                        renamed: None,
                        for_types: false,
                    });
                }
            }
        }
        for export in &self.plan.exports {
            exports.push(self.export(export)?);
        }
        // What is listed and is no provider to choose from is wanted for its own sake.
        let plan = self.plan;
        for instance in plan.instances.keys() {
            if !self.providers.contains_key(instance.as_str()) {
                self.need(instance)?;
            }
        }
        if let Some(declarations) = &plan.declarations {
            self.need(&declarations.component)?;
        }
        Ok(exports)
    }

    fn export(&mut self, export: &plan::Export) -> Result<Export<'a>> {
        let instance = self.need(&export.instance)?;
        let Some(wanted) = &export.export else {
            let name = export.name.as_ref().unwrap_or(&export.instance);
            return Ok(Export {
                source: whole(instance),
                name: plain_name(),
                renamed: Some(Name::parse(name).full),
                for_types: false,
            });
        };
        let index = self.export_of(&export.instance, wanted)?;
        let part = &self.parts[self.part_of(&export.instance)?];
        let item = &part.exports[index];
        let given = export.name.clone().or(export.path.last().cloned());
        // A canonical name is completed, since its version suffix stays behind with the attributes.
        let renamed = given
            .filter(|name| name != item.extern_name.name)
            .map(|name| Name::parse(&name).full);
        // The attributes tell about the name: another name goes without them.
        let name = match renamed {
            Some(_) => plain_name(),
            None => item.extern_name,
        };
        let source = Source {
            path: export.path.clone(),
            ..exported(instance, index)
        };
        if self
            .type_at(&export.instance, index, &export.path)
            .is_none()
        {
            return Err(no_path(&export.instance, wanted, &export.path));
        }
        Ok(Export {
            source,
            name,
            renamed,
            for_types: false,
        })
    }

    /// What of an instance fits an import: the export of its name, the instance itself, or the
    /// first export of that type. The name decides even where the type is wrong.
    fn fitting(&self, (part, item): (usize, &Item<'a>), from: &str) -> Result<Option<usize>> {
        let from_part = self.part_of(from)?;
        let provider = &self.parts[from_part];
        let (ours, theirs) = (&self.sides[part], &self.sides[from_part]);
        let wanted = item.name.full.as_str();
        if provider
            .exports
            .iter()
            .any(|export| export.name.is_compatible(&item.name))
        {
            return self.export_of(from, wanted).map(Some);
        }
        if check::whole_fits((ours, item), (theirs, provider)) {
            return Ok(None);
        }
        let mut exports = provider.exports.iter();
        match exports.position(|found| differences_of((ours, item), (theirs, found)).is_empty()) {
            Some(export) => Ok(Some(export)),
            None => self.export_of(from, wanted).map(Some),
        }
    }

    /// The export of this name, or of a compatible version.
    fn export_of(&self, instance: &str, wanted: &str) -> Result<usize> {
        let part = &self.parts[self.part_of(instance)?];
        let name = Name::parse(wanted);
        let compatible = || {
            part.exports
                .iter()
                .position(|item| item.name.is_compatible(&name))
        };
        part.export(wanted).or_else(compatible).ok_or_else(|| {
            no_such(
                "compose/unknown-export",
                format!("`{instance}` has no export `{wanted}`"),
                &names(&part.exports),
                wanted,
            )
        })
    }

    /// What the plan gives an instance of a part, by the positions of its imports. One may be named
    /// in full or as it is written; what is said last counts.
    pub(super) fn given_args(
        &self,
        instance: &str,
        part: usize,
    ) -> Result<BTreeMap<usize, &'p plan::Arg>> {
        let part = &self.parts[part];
        let given = self.plan.instances.get(instance);
        let mut args = BTreeMap::new();
        for (name, arg) in given.iter().flat_map(|given| &given.args) {
            let import = part.import(name).ok_or_else(|| {
                no_such(
                    "compose/unknown-import",
                    format!("`{instance}` has no import `{name}`"),
                    &names(&part.imports),
                    name,
                )
            })?;
            args.insert(import, arg);
        }
        Ok(args)
    }

    pub(super) fn given(
        &mut self,
        consumer: &str,
        (part, item): (usize, &Item<'a>),
        given: &plan::Arg,
    ) -> Result<(Arg, Decision)> {
        let (arg, outcome) = match (&given.instance, &given.import) {
            (None, Some(import)) => self.imported(import, &given.path)?,
            (Some(from), None) => {
                let instance = self.need(from)?;
                let export = match &given.export {
                    _ if given.whole => None,
                    Some(export) => Some(self.export_of(from, export)?),
                    None => self.fitting((part, item), from)?,
                };
                let Some(export) = export else {
                    let arg = Arg::From(whole(instance));
                    return Ok((
                        arg,
                        self.decision(consumer, item, Outcome::Given(from.clone())),
                    ));
                };
                let name = &self.parts[self.part_of(from)?].exports[export].name.full;
                if self.type_at(from, export, &given.path).is_none() {
                    return Err(no_path(from, name, &given.path));
                }
                let source = Source {
                    path: given.path.clone(),
                    ..exported(instance, export)
                };
                (Arg::From(source), Outcome::Given(format!("{from}.{name}")))
            }
            _ => {
                return Err(Diagnostic::error(
                    "compose/unclear-argument",
                    format!(
                        "the argument `{}` of `{consumer}` is neither an instance nor an import",
                        item.name.full
                    ),
                )
                .help("give either `instance`, with or without `export`, or `import`"));
            }
        };
        Ok((arg, self.decision(consumer, item, outcome)))
    }

    /// An import of the composition, which a document may declare.
    fn imported(&mut self, import: &str, path: &[String]) -> Result<(Arg, Outcome)> {
        let outcome = Outcome::Open(import.to_string());
        let declares =
            |given: &&'p Declarations| given.imports.iter().any(|declared| declared == import);
        let Some(declarations) = self.plan.declarations.as_ref().filter(declares) else {
            return Ok((Arg::Open(import.to_string()), outcome));
        };
        let declarations = &declarations.component;
        let part = &self.parts[self.part_of(declarations)?];
        match part.import(import) {
            Some(at) => {
                let source = Source {
                    instance: self.need(declarations)?,
                    at: At::Import(at),
                    path: path.to_vec(),
                };
                Ok((Arg::From(source), outcome))
            }
            None => Ok((Arg::Open(import.to_string()), outcome)),
        }
    }

    fn type_at(
        &self,
        instance: &str,
        export: usize,
        path: &[String],
    ) -> Option<ComponentEntityType> {
        let part = &self.parts[self.part_of(instance).ok()?];
        part.type_at(part.exports.get(export)?.item.ty, path)
    }
}

/// What a document declares to be imported is; what its library found to be needed by instances is
/// found again, so that it is merged by our rules.
pub(super) fn declared(declarations: &Declarations, item: &Item<'_>) -> Arg {
    let name = item.extern_name.name;
    match declarations.imports.iter().any(|import| import == name) {
        true => Arg::Open(name.to_string()),
        false => Arg::Unused,
    }
}

pub(super) fn exported(instance: usize, export: usize) -> Source {
    Source {
        instance,
        at: At::Export(export),
        path: Vec::new(),
    }
}

fn whole(instance: usize) -> Source {
    Source {
        instance,
        at: At::Whole,
        path: Vec::new(),
    }
}

fn no_path(instance: &str, export: &str, path: &[String]) -> Box<Diagnostic> {
    let shown = path.join(".");
    Diagnostic::error(
        "compose/unknown-export",
        format!("`{export}` of `{instance}` has no `{shown}` within"),
    )
    .help("use the names that the interface has")
}

fn plain_name<'a>() -> ExternName<'a> {
    ExternName {
        name: "",
        implements: None,
        version_suffix: None,
        external_id: None,
    }
}
