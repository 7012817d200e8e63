//! Which names are nobody's contract?
//!
//! Those between the core modules of a component: by them instances are wired to imports, and no
//! one else sees them. They become as short as they can be, the most used shortest. A module that
//! is passed on as a value keeps its names, and so does what an imported module is given.
//!
//! Instances made from exports that only feed one module become a single one first, so that its
//! imports share the shortest module name, too.

use indexmap::{IndexMap, IndexSet};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{Encode, ExportSection, ImportSection, Section};
use wasmparser::{ComponentExternalKind, ComponentInstance};

use super::merge::{Imports, imports, merge};
use super::tree::{ComponentId, Def, Mod, ModuleId, Space, Tree};
use crate::module::id;

/// Something that has a name between modules.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Named {
    Export(ModuleId, String),
    /// An item of an instance made from exports.
    Item(ComponentId, u32, String),
    /// Of this module name, this field.
    Import(ModuleId, String, String),
}

/// Gives internal names their shortest form. What items are called for people stays true where it
/// is kept: then no instances are merged.
pub fn rename(tree: &mut Tree<'_>, keeps_names: bool) {
    // The names of a module that stands alone are its host's.
    if tree.components.is_empty() {
        return;
    }
    let kept = kept_modules(tree);
    let imports = match keeps_names {
        true => imports(tree),
        false => merge(tree, &kept),
    };
    let names = Names::of(tree, &kept, &imports);
    let chosen = names.choose();
    let short = |named: &Named| {
        names
            .class(named)
            .and_then(|class| chosen.get(&class).cloned())
    };
    let mut component_names = Vec::new();
    for (number, comp) in tree.components.iter().enumerate() {
        let at = ComponentId(number);
        for (position, line) in comp.lines.iter().enumerate() {
            match (&line.def, line.adds) {
                (Def::CoreAlias { instance, name, .. }, _) => {
                    let named = provider(tree, at, *instance, name);
                    let new = named.and_then(|named| short(&named));
                    component_names.extend(new.map(|new| (at, position, 0, new)));
                }
                (Def::CoreBag(items), Some((_, index, _))) => {
                    for (item, named) in items.iter().enumerate() {
                        let named = Named::Item(at, index, named.name.to_string());
                        let new = short(&named);
                        component_names.extend(new.map(|new| (at, position, item, new)));
                    }
                }
                (Def::CoreInstantiate { module, args }, _) => {
                    let Some(id) = tree.module(at, *module) else {
                        continue;
                    };
                    for (item, (name, _)) in args.iter().enumerate() {
                        let new = names.module_name(id, name);
                        component_names.extend(new.map(|new| (at, position, item, new)));
                    }
                }
                _ => {}
            }
        }
    }
    for (number, module) in tree.modules.iter_mut().enumerate() {
        let id = ModuleId(number);
        if !kept.contains(&id) {
            let field = |named: &Named| short(named);
            let bytes = renamed(module, id, &imports[number], &names, &field);
            module.bytes = bytes.into();
        }
    }
    for (at, position, item, new) in component_names {
        set(&mut tree.components[at.0].lines[position].def, item, new);
    }
}

fn set(def: &mut Def<'_>, item: usize, new: String) {
    match def {
        Def::CoreAlias { name, .. } => *name = new.into(),
        Def::CoreBag(items) => {
            if let Some(item) = items.get_mut(item) {
                item.name = new.into();
            }
        }
        Def::CoreInstantiate { args, .. } => {
            if let Some((name, _)) = args.get_mut(item) {
                *name = new.into();
            }
        }
        _ => {}
    }
}

/// Modules that somebody else may instantiate.
fn kept_modules(tree: &Tree<'_>) -> IndexSet<ModuleId> {
    let mut kept = IndexSet::new();
    for (number, comp) in tree.components.iter().enumerate() {
        let at = ComponentId(number);
        let mut keep = |kind, index| {
            if kind == ComponentExternalKind::Module {
                kept.extend(tree.module(at, index));
            }
        };
        for line in &comp.lines {
            match &line.def {
                Def::Export(export) => keep(export.kind, export.index),
                Def::Instance(ComponentInstance::Instantiate { args, .. }) => {
                    args.iter().for_each(|arg| keep(arg.kind, arg.index));
                }
                Def::Instance(ComponentInstance::FromExports(items)) => {
                    items.iter().for_each(|item| keep(item.kind, item.index));
                }
                _ => {}
            }
        }
    }
    kept
}

/// What an instance offers under a name. `None` for an instance of an imported module.
fn provider(tree: &Tree<'_>, at: ComponentId, instance: u32, name: &str) -> Option<Named> {
    match tree
        .components
        .get(at.0)?
        .get(Space::CoreInstance, instance)?
    {
        Def::CoreInstantiate { module, .. } => {
            Some(Named::Export(tree.module(at, *module)?, name.to_string()))
        }
        Def::CoreBag(_) => Some(Named::Item(at, instance, name.to_string())),
        _ => None,
    }
}

/// The module with its imports and exports under their new names.
fn renamed(
    module: &Mod<'_>,
    id: ModuleId,
    imports: &[(String, String)],
    names: &Names,
    short: &dyn Fn(&Named) -> Option<String>,
) -> Vec<u8> {
    let summary = &module.summary;
    summary.module.emit(|section| match section.id {
        id::IMPORT => {
            let mut out = ImportSection::new();
            for (import, (from, field)) in summary.imports.iter().zip(imports) {
                let named = Named::Import(id, from.clone(), field.clone());
                let field = short(&named).unwrap_or_else(|| field.clone());
                let from = names.module_name(id, from).unwrap_or_else(|| from.clone());
                let ty = RoundtripReencoder.entity_type(import.ty).ok()?;
                out.import(&from, &field, ty);
            }
            Some(bytes_of(&out))
        }
        id::EXPORT => {
            let mut out = ExportSection::new();
            for export in &summary.exports {
                let name = short(&Named::Export(id, export.name.to_string()));
                let name = name.unwrap_or_else(|| export.name.to_string());
                let kind = RoundtripReencoder.export_kind(export.kind).ok()?;
                out.export(&name, kind, export.index);
            }
            Some(bytes_of(&out))
        }
        _ => None,
    })
}

fn bytes_of<S: Section + Encode>(section: &S) -> Vec<u8> {
    let mut out = Vec::new();
    section.append_to(&mut out);
    out
}

/// Which names have to be the same one, because one is found by the other.
struct Names {
    classes: IndexMap<Named, usize>,
    parents: Vec<usize>,
    /// By class: how often it is written, beyond once per name.
    aliases: IndexMap<usize, usize>,
    frozen: IndexSet<usize>,
    modules: IndexMap<(ModuleId, String), String>,
}

impl Names {
    fn of(tree: &Tree<'_>, kept: &IndexSet<ModuleId>, imports: &Imports) -> Names {
        let mut names = Names {
            classes: IndexMap::new(),
            parents: Vec::new(),
            aliases: IndexMap::new(),
            frozen: IndexSet::new(),
            modules: IndexMap::new(),
        };
        for (number, module) in tree.modules.iter().enumerate() {
            let id = ModuleId(number);
            let frozen = kept.contains(&id);
            for export in &module.summary.exports {
                names.add(Named::Export(id, export.name.to_string()), frozen);
            }
            let mut found: IndexMap<&str, usize> = IndexMap::new();
            for (from, field) in imports.get(number).into_iter().flatten() {
                names.add(Named::Import(id, from.clone(), field.clone()), frozen);
                *found.entry(from).or_default() += 1;
            }
            found.sort_by(|_, a, _, b| b.cmp(a));
            for (position, (from, _)) in found.into_iter().enumerate() {
                if !frozen {
                    names
                        .modules
                        .insert((id, from.to_string()), short_name(position));
                }
            }
        }
        for number in 0..tree.components.len() {
            names.add_component(tree, ComponentId(number), imports);
        }
        names
    }

    fn add_component(&mut self, tree: &Tree<'_>, at: ComponentId, imports: &Imports) {
        let lines = &tree.components[at.0].lines;
        for line in lines {
            if let (Def::CoreBag(items), Some((_, index, _))) = (&line.def, line.adds) {
                for item in items {
                    self.add(Named::Item(at, index, item.name.to_string()), false);
                }
            }
        }
        for line in lines {
            match &line.def {
                Def::CoreAlias { instance, name, .. } => {
                    if let Some(named) = provider(tree, at, *instance, name) {
                        let class = self.add(named, false);
                        *self.aliases.entry(class).or_default() += 1;
                    }
                }
                Def::CoreInstantiate { module, args } => {
                    let id = tree.module(at, *module);
                    let mut fields: IndexMap<&str, Vec<&str>> = IndexMap::new();
                    for (from, field) in id.iter().flat_map(|id| &imports[id.0]) {
                        fields.entry(from).or_default().push(field);
                    }
                    for (from, instance) in args {
                        match id {
                            Some(id) => {
                                for field in fields.get(&**from).into_iter().flatten() {
                                    self.link(tree, at, *instance, id, from, field);
                                }
                            }
                            None => self.freeze(tree, at, *instance),
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn link(
        &mut self,
        tree: &Tree<'_>,
        at: ComponentId,
        instance: u32,
        module: ModuleId,
        from: &str,
        field: &str,
    ) {
        let import = Named::Import(module, from.to_string(), field.to_string());
        let import = self.add(import, false);
        match provider(tree, at, instance, field) {
            Some(named) => {
                let provided = self.add(named, false);
                let (a, b) = (self.root(import), self.root(provided));
                self.parents[a.max(b)] = a.min(b);
            }
            None => {
                self.frozen.insert(import);
            }
        }
    }

    /// An imported module asks for these names.
    fn freeze(&mut self, tree: &Tree<'_>, at: ComponentId, instance: u32) {
        let names: Vec<String> = match tree.components[at.0].get(Space::CoreInstance, instance) {
            Some(Def::CoreBag(items)) => items.iter().map(|item| item.name.to_string()).collect(),
            Some(Def::CoreInstantiate { module, .. }) => match tree.module(at, *module) {
                Some(id) => {
                    let exports = tree.modules[id.0].summary.exports.iter();
                    exports.map(|export| export.name.to_string()).collect()
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        for name in names {
            if let Some(named) = provider(tree, at, instance, &name) {
                self.add(named, true);
            }
        }
    }

    fn add(&mut self, named: Named, frozen: bool) -> usize {
        let next = self.parents.len();
        let class = *self.classes.entry(named).or_insert(next);
        if class == next {
            self.parents.push(next);
        }
        if frozen {
            self.frozen.insert(class);
        }
        class
    }

    fn root(&self, mut at: usize) -> usize {
        while let Some(&parent) = self.parents.get(at).filter(|parent| **parent != at) {
            at = parent;
        }
        at
    }

    fn class(&self, named: &Named) -> Option<usize> {
        self.classes.get(named).map(|&class| self.root(class))
    }

    fn module_name(&self, module: ModuleId, name: &str) -> Option<String> {
        self.modules.get(&(module, name.to_string())).cloned()
    }

    /// A name for each class: the most used first, each the shortest that is free wherever the
    /// class appears. Frozen ones keep theirs.
    fn choose(&self) -> IndexMap<usize, String> {
        let mut members: IndexMap<usize, Vec<&Named>> = IndexMap::new();
        let mut uses: IndexMap<usize, usize> = IndexMap::new();
        for (named, &class) in &self.classes {
            let root = self.root(class);
            members.entry(root).or_default().push(named);
            *uses.entry(root).or_default() += 1 + self.aliases.get(&class).copied().unwrap_or(0);
        }
        let frozen: IndexSet<usize> = self.frozen.iter().map(|&class| self.root(class)).collect();
        let mut taken: IndexMap<Spot<'_>, Taken> = IndexMap::new();
        let mut chosen = IndexMap::new();
        for &root in &frozen {
            for named in members.get(&root).into_iter().flatten() {
                let (spot, name) = named.spot();
                let spot = taken.entry(spot).or_default();
                if let Some(number) = number(name) {
                    spot.take(number);
                }
                chosen.insert(root, name.to_string());
            }
        }
        uses.sort_by(|_, a, _, b| b.cmp(a));
        // Where the same places have given out their first names, the search goes on behind them.
        let mut first: IndexMap<Vec<usize>, usize> = IndexMap::new();
        for root in uses.keys().filter(|root| !frozen.contains(*root)) {
            let spots = members.get(root).into_iter().flatten();
            let spots = spots.map(|named| place(&mut taken, named.spot().0));
            let mut spots: Vec<usize> = spots.collect();
            spots.sort_unstable();
            spots.dedup();
            let firsts = spots.iter().map(|&spot| taken[spot].first);
            let number = firsts.chain(first.get(&spots).copied()).max().unwrap_or(0);
            let is_free = |number: &usize| {
                let mut spots = spots.iter();
                spots.all(|&spot| !taken[spot].numbers.contains(number))
            };
            let number = (number..).find(is_free).unwrap_or(number);
            for &spot in &spots {
                taken[spot].take(number);
            }
            first.insert(spots, number + 1);
            chosen.insert(*root, short_name(number));
        }
        chosen
    }
}

/// Which names, by their numbers, are taken in one place.
#[derive(Default)]
struct Taken {
    numbers: IndexSet<usize>,
    /// All below are taken.
    first: usize,
}

impl Taken {
    fn take(&mut self, number: usize) {
        self.numbers.insert(number);
        while self.numbers.contains(&self.first) {
            self.first += 1;
        }
    }
}

/// The place of a spot, found or new.
fn place<'n>(taken: &mut IndexMap<Spot<'n>, Taken>, spot: Spot<'n>) -> usize {
    let entry = taken.entry(spot);
    let place = entry.index();
    entry.or_default();
    place
}

/// Where names must differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Spot<'n> {
    Exports(ModuleId),
    Items(ComponentId, u32),
    Imports(ModuleId, &'n str),
}

impl Named {
    fn spot(&self) -> (Spot<'_>, &str) {
        match self {
            Named::Export(module, name) => (Spot::Exports(*module), name),
            Named::Item(at, instance, name) => (Spot::Items(*at, *instance), name),
            Named::Import(module, from, name) => (Spot::Imports(*module, from), name),
        }
    }
}

/// What short names are made of.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

/// The names, the shortest first: the empty one, then letters, then pairs of them.
fn short_name(number: usize) -> String {
    let mut rest = number;
    let mut name = String::new();
    while rest > 0 {
        rest -= 1;
        name.push(char::from(LETTERS[rest % LETTERS.len()]));
        rest /= LETTERS.len();
    }
    name
}

/// The number of a name; `None` of one that is not short.
fn number(name: &str) -> Option<usize> {
    let letters = name.bytes().rev();
    let mut digits = letters.map(|letter| LETTERS.iter().position(|other| *other == letter));
    digits.try_fold(0, |number: usize, digit| {
        number.checked_mul(LETTERS.len())?.checked_add(digit? + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{number, short_name};

    #[test]
    fn names_are_distinct_and_grow() {
        let names: Vec<String> = (0..5000).map(short_name).collect();
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert!(names.windows(2).all(|pair| pair[0].len() <= pair[1].len()));
        assert_eq!(names[0], "");
        assert!((0..5000).eq(names.iter().filter_map(|name| number(name))));
        assert_eq!(number("a.b"), None);
        assert_eq!(number(&"a".repeat(100)), None);
    }
}
