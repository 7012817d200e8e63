//! Which instances made from exports could be one?
//!
//! Those that feed the same module and nothing else: its imports then share one module name.

use std::borrow::Cow;

use indexmap::{IndexMap, IndexSet};

use super::tree::{BagItem, ComponentId, Def, ModuleId, Space, Tree};

/// By module and position of the import: its module name and field.
pub type Imports = Vec<Vec<(String, String)>>;

/// What the imports of all modules are called.
pub fn imports(tree: &Tree<'_>) -> Imports {
    let imports_of = |module: &super::tree::Mod<'_>| {
        let imports = module.summary.imports.iter();
        imports
            .map(|import| (import.module.to_string(), import.name.to_string()))
            .collect()
    };
    tree.modules.iter().map(imports_of).collect()
}

/// Merges them; returns what the imports of all modules are called then. Those left empty are for
/// the sweep.
pub fn merge(tree: &mut Tree<'_>, kept: &IndexSet<ModuleId>) -> Imports {
    let mut imports = imports(tree);
    let mut instantiations: IndexMap<ModuleId, Vec<(ComponentId, usize)>> = IndexMap::new();
    let mut uses: IndexMap<(ComponentId, u32), usize> = IndexMap::new();
    for (number, comp) in tree.components.iter().enumerate() {
        let at = ComponentId(number);
        for (position, line) in comp.lines.iter().enumerate() {
            match &line.def {
                Def::CoreInstantiate { module, args } => {
                    for (_, instance) in args {
                        *uses.entry((at, *instance)).or_default() += 1;
                    }
                    if let Some(id) = tree.module(at, *module) {
                        instantiations.entry(id).or_default().push((at, position));
                    }
                }
                // An alias of a bag's item asks for it by name: leave that one alone.
                Def::CoreAlias { instance, .. } => {
                    *uses.entry((at, *instance)).or_default() += 2;
                }
                _ => {}
            }
        }
    }
    for (module, places) in instantiations {
        if let [(at, position)] = places.as_slice()
            && !kept.contains(&module)
        {
            let names = &mut imports[module.0];
            merge_into(tree, names, *at, *position, &uses);
        }
    }
    imports
}

fn merge_into(
    tree: &mut Tree<'_>,
    imports: &mut [(String, String)],
    at: ComponentId,
    position: usize,
    uses: &IndexMap<(ComponentId, u32), usize>,
) {
    let comp = &tree.components[at.0];
    let Def::CoreInstantiate { args, .. } = &comp.lines[position].def else {
        return;
    };
    let is_own_bag = |instance: u32| {
        let bag = matches!(
            comp.get(Space::CoreInstance, instance),
            Some(Def::CoreBag(_))
        );
        bag && uses.get(&(at, instance)) == Some(&1)
    };
    let bags = args.iter().filter(|(_, instance)| is_own_bag(*instance));
    let bags: Vec<(String, u32)> = bags.map(|(name, i)| (name.to_string(), *i)).collect();
    // Indices grow with positions: the last bag comes after everything that any of them names.
    let Some((last, target)) = bags.iter().max_by_key(|(_, instance)| *instance).cloned() else {
        return;
    };
    if bags.len() < 2 {
        return;
    }
    let mut items: Vec<BagItem<'_>> = Vec::new();
    let mut new_names = IndexMap::new();
    for (module_name, instance) in &bags {
        let Some(Def::CoreBag(found)) = comp.get(Space::CoreInstance, *instance) else {
            continue;
        };
        for item in found {
            // A module in a component may not import one name twice, so each import has its own.
            let name = format!("{module_name}\0{}", item.name);
            items.push(BagItem {
                name: Cow::Owned(name.clone()),
                ..item.clone()
            });
            new_names.insert((module_name.clone(), item.name.to_string()), name);
        }
    }
    for import in imports {
        if let Some(name) = new_names.get(import) {
            *import = (last.clone(), name.clone());
        }
    }
    let comp = &mut tree.components[at.0];
    if let Some(bag) = comp.position(Space::CoreInstance, target) {
        comp.lines[bag].def = Def::CoreBag(items);
    }
    if let Def::CoreInstantiate { args, .. } = &mut comp.lines[position].def {
        args.retain(|(_, instance)| {
            *instance == target || !bags.iter().any(|(_, bag)| bag == instance)
        });
    }
    let gone = |index: u32| index != target && bags.iter().any(|(_, bag)| *bag == index);
    for line in &mut comp.lines {
        if let Some((Space::CoreInstance, index, _)) = line.adds
            && gone(index)
        {
            line.def = Def::CoreBag(Vec::new());
        }
    }
}
