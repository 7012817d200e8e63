//! Where is what is asked for by its name?

use indexmap::IndexMap;
use wasmparser::ComponentInstance;

use super::tree::{ComponentId, Def, Tree};

/// Positions by name, the first of each.
type Names<'t> = IndexMap<&'t str, usize>;

/// The positions of all that has a name.
#[derive(Debug, Default)]
pub struct Named<'t> {
    /// By component: the lines of its imports and exports.
    imports: Vec<Names<'t>>,
    exports: Vec<Names<'t>>,
    /// By the line of an instance: its arguments, or the exports that it is made from.
    items: IndexMap<(ComponentId, usize), Names<'t>>,
}

impl<'t> Named<'t> {
    pub fn of(tree: &'t Tree<'_>) -> Named<'t> {
        let mut named = Named::default();
        for (number, comp) in tree.components.iter().enumerate() {
            let at = ComponentId(number);
            let (mut imports, mut exports) = (Names::new(), Names::new());
            for (position, line) in comp.lines.iter().enumerate() {
                let items = match &line.def {
                    Def::Import(import) => {
                        imports.entry(import.name.name).or_insert(position);
                        continue;
                    }
                    Def::Export(export) => {
                        exports.entry(export.name.name).or_insert(position);
                        continue;
                    }
                    Def::CoreInstantiate { args, .. } => {
                        positions(args.iter().map(|(name, _)| &**name))
                    }
                    Def::CoreBag(items) => positions(items.iter().map(|item| &*item.name)),
                    Def::Instance(ComponentInstance::Instantiate { args, .. }) => {
                        positions(args.iter().map(|arg| arg.name))
                    }
                    Def::Instance(ComponentInstance::FromExports(items)) => {
                        positions(items.iter().map(|item| item.name.name))
                    }
                    _ => continue,
                };
                named.items.insert((at, position), items);
            }
            named.imports.push(imports);
            named.exports.push(exports);
        }
        named
    }

    /// The line of the import with this name.
    pub fn import(&self, at: ComponentId, name: &str) -> Option<usize> {
        self.imports[at.0].get(name).copied()
    }

    /// The line of the export with this name.
    pub fn export(&self, at: ComponentId, name: &str) -> Option<usize> {
        self.exports[at.0].get(name).copied()
    }

    /// Among what the instance in this line has, or is given: where the name stands.
    pub fn item(&self, at: ComponentId, line: usize, name: &str) -> Option<usize> {
        self.items.get(&(at, line))?.get(name).copied()
    }
}

fn positions<'t>(names: impl Iterator<Item = &'t str>) -> Names<'t> {
    let mut found = Names::new();
    for (position, name) in names.enumerate() {
        found.entry(name).or_insert(position);
    }
    found
}
