//! What is said to fit a world is what a host with exactly that world takes, and nothing else is.

#[path = "fit/host.rs"]
mod host;
#[path = "fit/resources.rs"]
mod resources;
#[path = "support/worlds.rs"]
#[allow(dead_code)]
mod worlds;

use std::collections::BTreeMap;

use wct::conform::{Terms, World, conform};
use wct::wit::{Features, parse};

use host::{Host, TYPES};
use worlds::{Names, component};

/// One line of a world: `import a@0.2.0 f=u32 g=text`, `export run=none`.
#[derive(Clone, Debug)]
struct Line {
    is_import: bool,
    /// With its version; the name of a function where there is no `@`.
    name: String,
    /// With their types, of [`TYPES`].
    functions: Vec<(String, String)>,
}

fn lines(text: &str) -> Vec<Line> {
    let lines = text
        .split(';')
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let is_import = words.next() == Some("import");
        let name = words.next().expect("a line names something");
        let function = |word: &str| {
            let (name, ty) = word.split_once('=').expect("a function has a type");
            (name.to_string(), ty.to_string())
        };
        let functions = match name.split_once('=') {
            Some(_) => vec![function(name)],
            None => words.map(function).collect(),
        };
        Line {
            is_import,
            name: name.split('=').next().unwrap_or(name).to_string(),
            functions,
        }
    };
    lines.map(line).collect()
}

impl Line {
    /// `t:a/i@0.2.0`, or a plain name.
    fn full(&self) -> String {
        match self.name.split_once('@') {
            Some((name, "")) => format!("t:{name}/i"),
            Some((name, version)) => format!("t:{name}/i@{version}"),
            None => self.name.clone(),
        }
    }

    fn is_interface(&self) -> bool {
        self.name.contains('@')
    }
}

/// The definitions and the type of a function.
fn wit_of(ty: &str) -> (&'static str, &'static str) {
    let found = TYPES.iter().find(|(name, ..)| *name == ty);
    let (_, definitions, wit) = found.unwrap_or_else(|| panic!("no type is called {ty}"));
    (definitions, wit)
}

/// The world as WIT, with a package for each interface.
fn wit(lines: &[Line]) -> String {
    let mut packages = BTreeMap::new();
    let mut world = String::new();
    for line in lines {
        let direction = if line.is_import { "import" } else { "export" };
        if !line.is_interface() {
            let (_, ty) = wit_of(&line.functions[0].1);
            world += &format!("{direction} {}: {ty};\n", line.name);
            continue;
        }
        world += &format!("{direction} {};\n", line.full());
        let mut body = String::new();
        for (name, ty) in &line.functions {
            let (definitions, ty) = wit_of(ty);
            body += definitions;
            if !ty.is_empty() {
                body += &format!("{name}: {ty};\n");
            }
        }
        packages.insert(line.full().replace("/i", ""), body);
    }
    let packages: String = packages
        .iter()
        .map(|(name, body)| format!("package {name} {{ interface i {{ {body} }} }}\n"))
        .collect();
    format!("package t:main;\n{packages}\nworld w {{ {world} }}\n")
}

/// Components by the text of their world, and what was decided about pairs.
#[derive(Default)]
struct Pairs {
    host: Host,
    components: BTreeMap<String, (Vec<u8>, wasmtime::component::Component)>,
    count: usize,
    wrong: Vec<String>,
}

impl Pairs {
    /// Judges a pair, and asks Wasmtime.
    fn check(&mut self, own: &str, world: &str, expected: bool) {
        self.count += 1;
        let world_lines = lines(world);
        let host = &self.host;
        let (wasm, compiled) = self.components.entry(own.to_string()).or_insert_with(|| {
            let wasm = component(&wit(&lines(own)), "w", Names::Full);
            let compiled = host.compile(&wasm);
            (wasm, compiled)
        });
        let packages = parse("world.wit", &wit(&world_lines), &Features::None);
        let packages = packages.unwrap_or_else(|error| panic!("{world}: {error:?}"));
        let told = World::new(&packages, Some("w")).expect("it has the world");
        let misfits = conform(wasm, &told, Terms::default()).expect("both are valid");
        let runs = host.takes(compiled, &world_lines);
        if misfits.is_empty() != expected || runs.is_ok() != expected {
            self.wrong.push(format!(
                "{own}  |  {world}\n    expected {expected}, told {misfits:?}, Wasmtime {runs:?}"
            ));
        }
    }

    /// Names the component of a text.
    fn text(&mut self, name: &str, wat: &str) {
        let wasm = worlds::text(wat);
        let compiled = self.host.compile(&wasm);
        self.components.insert(name.to_string(), (wasm, compiled));
    }

    fn done(self, least: usize) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.count >= least, "only {} pairs", self.count);
    }
}

#[test]
fn names_and_versions_are_matched_as_wasmtime_links_them() {
    let mut pairs = Pairs::default();
    for (own, world, fits) in NAMES {
        pairs.check(own, world, *fits);
    }
    pairs.done(60);
}

/// Component, world, and whether it fits.
const NAMES: &[(&str, &str, bool)] = &[
    // What is imported has to be offered.
    ("", "", true),
    ("", "import a@0.2.0 f=u32", true),
    ("import a@0.2.0 f=u32", "", false),
    ("import a@0.2.0 f=u32", "import a@0.2.0 f=u32", true),
    ("import a@0.2.0 f=u32", "import b@0.2.0 f=u32", false),
    ("import a@0.2.0 f=u32", "import a@0.2.0 f=u32 g=text", true),
    ("import a@0.2.0 f=u32 g=text", "import a@0.2.0 f=u32", false),
    ("import a@0.2.0 f=u32", "import a@0.2.0 g=u32", false),
    (
        "import a@0.2.0 f=u32",
        "import a@0.2.0 f=u32; import b@0.2.0 f=u32",
        true,
    ),
    (
        "import a@0.2.0 f=u32; import b@0.2.0 f=u32",
        "import a@0.2.0 f=u32",
        false,
    ),
    (
        "import a@0.2.0 f=u32; import b@0.2.0 f=u32",
        "import b@0.2.0 f=u32; import a@0.2.0 f=u32",
        true,
    ),
    ("import a@ f=u32", "import a@ f=u32", true),
    ("import a@ f=u32", "import a@0.2.0 f=u32", false),
    ("import a@0.2.0 f=u32", "import a@ f=u32", false),
    ("import log=text", "import log=text", true),
    ("import log=text", "import log=u32", false),
    ("import log=text", "import logs=text", false),
    ("import log=text", "", false),
    ("import log=text; import put=u32", "import log=text", false),
    // Versions of one track stand for each other.
    ("import a@0.2.6 f=u32", "import a@0.2.0 f=u32", true),
    ("import a@0.2.0 f=u32", "import a@0.2.6 f=u32", true),
    ("import a@0.2.0 f=u32", "import a@0.2.6 f=u32 g=u32", true),
    ("import a@0.2.6 f=u32 g=u32", "import a@0.2.0 f=u32", false),
    ("import a@0.2.6 f=u32", "import a@0.2.0 f=text", false),
    ("import a@0.2.0 f=u32", "import a@0.3.0 f=u32", false),
    ("import a@0.3.0 f=u32", "import a@0.2.0 f=u32", false),
    ("import a@1.0.0 f=u32", "import a@1.4.2 f=u32", true),
    ("import a@1.4.2 f=u32", "import a@1.0.0 f=u32", true),
    ("import a@1.0.0 f=u32", "import a@2.0.0 f=u32", false),
    ("import a@0.0.1 f=u32", "import a@0.0.1 f=u32", true),
    ("import a@0.0.1 f=u32", "import a@0.0.2 f=u32", false),
    ("import a@0.2.0-rc f=u32", "import a@0.2.0-rc f=u32", true),
    ("import a@0.2.0-rc f=u32", "import a@0.2.0 f=u32", false),
    ("import a@0.2.0 f=u32", "import a@0.2.0-rc f=u32", false),
    ("import a@0.2.0-rc f=u32", "import a@0.2.0-rd f=u32", false),
    // Of several that may, the same one, or else the newest, does.
    (
        "import a@0.2.0 f=u32",
        "import a@0.2.0 f=u32; import a@0.2.6 f=text",
        true,
    ),
    (
        "import a@0.2.6 f=u32",
        "import a@0.2.0 f=text; import a@0.2.6 f=u32",
        true,
    ),
    (
        "import a@0.2.3 f=u32",
        "import a@0.2.0 f=text; import a@0.2.6 f=u32",
        true,
    ),
    (
        "import a@0.2.3 f=u32",
        "import a@0.2.6 f=u32; import a@0.2.0 f=text",
        true,
    ),
    (
        "import a@0.2.3 f=u32",
        "import a@0.2.0 f=u32; import a@0.2.6 f=text",
        false,
    ),
    (
        "import a@0.2.3 f=u32",
        "import a@0.2.10 f=u32; import a@0.2.9 f=text",
        true,
    ),
    (
        "import a@0.2.0 f=u32; import a@0.2.6 f=u32",
        "import a@0.2.3 f=u32",
        true,
    ),
    (
        "import a@0.2.0 f=u32; import a@0.3.0 f=u32",
        "import a@0.2.3 f=u32",
        false,
    ),
    (
        "import a@0.2.0 f=u32; import a@0.3.0 f=text",
        "import a@0.2.0 f=u32; import a@0.3.0 f=text",
        true,
    ),
    // What is asked for has to be exported.
    ("", "export a@0.2.0 f=u32", false),
    ("export a@0.2.0 f=u32", "", true),
    ("export a@0.2.0 f=u32", "export a@0.2.0 f=u32", true),
    ("export a@0.2.0 f=u32", "export b@0.2.0 f=u32", false),
    ("export a@0.2.0 f=u32 g=text", "export a@0.2.0 f=u32", true),
    ("export a@0.2.0 f=u32", "export a@0.2.0 f=u32 g=text", false),
    (
        "export a@0.2.0 f=u32; export b@0.2.0 f=u32",
        "export b@0.2.0 f=u32",
        true,
    ),
    (
        "export a@0.2.0 f=u32",
        "export a@0.2.0 f=u32; export b@0.2.0 f=u32",
        false,
    ),
    ("export a@0.2.6 f=u32", "export a@0.2.0 f=u32", true),
    ("export a@0.2.0 f=u32", "export a@0.2.6 f=u32", true),
    ("export a@0.3.0 f=u32", "export a@0.2.0 f=u32", false),
    ("export a@1.0.0 f=u32", "export a@1.2.0 f=u32", true),
    ("export a@0.0.1 f=u32", "export a@0.0.2 f=u32", false),
    ("export a@0.2.0-rc f=u32", "export a@0.2.0 f=u32", false),
    ("export run=none", "export run=none", true),
    ("export run=none", "export run=u32", false),
    ("export run=none", "export start=none", false),
    ("export run=none", "", true),
    (
        "export run=none; export stop=none",
        "export stop=none",
        true,
    ),
    // Both directions are kept apart.
    ("import a@0.2.0 f=u32", "export a@0.2.0 f=u32", false),
    ("export a@0.2.0 f=u32", "import a@0.2.0 f=u32", true),
    (
        "import a@0.2.0 f=u32; export b@0.2.0 f=u32",
        "import a@0.2.0 f=u32; export b@0.2.0 f=u32",
        true,
    ),
    (
        "import a@0.2.0 f=u32; export run=none",
        "import a@0.2.4 f=u32; export run=none",
        true,
    ),
    (
        "import a@0.2.0 f=u32; export run=none",
        "export run=none",
        false,
    ),
    // Resources of the host.
    (
        "import a@0.2.0 r=resource",
        "import a@0.2.0 r=resource",
        true,
    ),
    (
        "import a@0.2.0 r=resource",
        "import a@0.2.3 r=resource",
        true,
    ),
    ("import a@0.2.0 r=resource", "import a@0.2.0 f=u32", false),
    (
        "import a@0.2.0 r=resource",
        "import a@0.2.0 r=other-resource",
        false,
    ),
    (
        "import a@0.2.0 f=u32",
        "import a@0.2.0 r=resource f=u32",
        true,
    ),
];

#[test]
fn an_interface_of_types_alone_asks_for_nothing() {
    let mut pairs = Pairs::default();
    for (name, wat) in [
        (
            "types",
            r#"(component (import "t:a/i@0.2.0" (instance
            (type $t' (record (field "x" u32))) (export "t" (type $t (eq $t'))))))"#,
        ),
        (
            "types and f",
            r#"(component (import "t:a/i@0.2.0" (instance
            (type $t' (record (field "x" u32))) (export "t" (type $t (eq $t')))
            (export "f" (func (param "x" u32) (result u32))))))"#,
        ),
        (
            "function of a type",
            r#"(component (import "t:a/i@0.2.0" (instance
            (type $t' (record (field "x" u32))) (export "t" (type $t (eq $t')))
            (export "f" (func (param "x" $t) (result u32))))))"#,
        ),
    ] {
        pairs.text(name, wat);
    }
    for (own, world, fits) in [
        ("types", "", true),
        ("types", "import b@0.2.0 f=u32", true),
        ("types", "import a@0.2.0 t=type", true),
        ("types", "import a@0.2.4 t=type", true),
        ("types", "import a@0.2.0 t=type f=u32", true),
        ("types", "import a@0.2.0 f=u32", true),
        ("types", "import a@0.2.0 t=other-type", true),
        ("types", "import a@0.3.0 t=type", true),
        ("types", "export a@0.2.0 f=u32", false),
        ("types and f", "", false),
        ("types and f", "import a@0.2.0 f=u32", true),
        ("types and f", "import a@0.2.0 t=type", false),
        ("types and f", "import a@0.2.0 f=u32 t=other-type", true),
        ("function of a type", "import a@0.2.0 f=u32 t=type", false),
        ("function of a type", "", false),
    ] {
        pairs.check(own, world, fits);
    }
    pairs.done(15);
}

#[test]
fn types_are_told_apart_as_wasmtime_tells_them() {
    let mut pairs = Pairs::default();
    let types = TYPES.iter().map(|(name, ..)| *name);
    let of_functions = |name: &&str| !["resource", "type"].iter().any(|end| name.ends_with(end));
    let functions: Vec<&str> = types.filter(of_functions).collect();
    for own in &functions {
        for other in &functions {
            for direction in ["import", "export"] {
                let of = |ty: &str| format!("{direction} a@0.2.0 f={ty}");
                pairs.check(&of(own), &of(other), own == other);
            }
        }
    }
    pairs.done(500);
}

#[test]
fn what_the_table_of_hosts_says_of_wasmtime_is_what_it_does() {
    let host = wct::validate::Host::parse("wasmtime@48").expect("it is in the table");
    let engine = wasmtime::Engine::default();
    for (text, runs) in [
        ("(module (func (param v128)))", true),
        ("(module (memory 1) (memory 1))", true),
        ("(module (func $f (return_call $f)))", true),
        ("(module (memory i64 1))", true),
        ("(module (type (struct)))", true),
        ("(module (tag))", true),
        ("(module (memory 1 (pagesize 1)))", false),
        (
            "(module (func (param i64 i64 i64 i64) (result i64 i64)
               (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3))))",
            false,
        ),
        ("(module (type $f (func)) (type (cont $f)))", false),
    ] {
        let wasm = worlds::text(text);
        let taken = wasmtime::Module::new(&engine, &wasm);
        assert_eq!(taken.is_ok(), runs, "{text}: {:?}", taken.err());
        let findings = host.findings(&wasm);
        assert_eq!(findings.is_empty(), runs, "{text}: {findings:?}");
    }
}

#[test]
fn of_many_other_versions_the_newest_are_told() {
    let component = |versions: &mut dyn Iterator<Item = u32>| {
        let import = |version| format!(r#"(import "t:a/i@{version}.0.0" (instance))"#);
        let imports: String = versions.map(import).collect();
        let text = format!("(component {imports})");
        let binary = wct::input::to_binary("own.wat", text.as_bytes()).expect("it is text");
        binary.into_owned()
    };
    let old = World::of_component("old.wasm", component(&mut (1..100))).expect("it is one");
    let own = component(&mut (100..102));
    let exact = Terms {
        exact: true,
        named: wct::compare::Named::All,
        ..Terms::default()
    };
    let misfits = conform(&own, &old, exact).expect("both are valid");
    assert_eq!(misfits.len(), 2);
    for misfit in misfits {
        assert_eq!(misfit.instead.len(), wct::conform::INSTEAD);
        assert_eq!(misfit.instead[0], "t:a/i@99.0.0");
    }
}
