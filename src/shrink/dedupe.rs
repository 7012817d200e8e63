//! Which modules and components are there twice?
//!
//! A definition has no state: of equal ones a single one suffices, at the beginning of the innermost
//! component around all of them and reached by outer aliases (`Binary.md`, "Alias Definitions").
//! Instances stay apart. A component that reaches outside of itself is not compared.

use indexmap::IndexMap;
use wasmparser::{ComponentAlias, ComponentOuterAliasKind};

use super::encode;
use super::scan::Scan;
use super::tree::{ComponentId, Def, Mod, Space, Tree};

/// A definition: the component it is in and its position there.
type Place = (ComponentId, usize);

/// Below this an alias may cost more than the definition.
const WORTH_IT: usize = 32;

/// Leaves one definition of each component, but for those within others that it moves. Was there
/// one twice?
pub fn components(tree: &mut Tree<'_>) -> bool {
    let mut components = equal_components(tree);
    // A copy within a copy goes with it, and is smaller. What is within one that moves would count
    // the components around it wrongly, were it shared before.
    components.sort_by(|a, _, b, _| b.len().cmp(&a.len()));
    let mut found = false;
    for (bytes, places) in components {
        let places: Vec<Place> = places.into_iter().filter(|p| is_there(tree, *p)).collect();
        found |= share(tree, &bytes, &places, ComponentOuterAliasKind::Component);
    }
    found
}

/// Leaves one definition of each module.
pub fn modules(tree: &mut Tree<'_>) {
    for (bytes, places) in equal_modules(tree) {
        share(tree, &bytes, &places, ComponentOuterAliasKind::CoreModule);
    }
}

/// The components that may be there more than once. Written are only those that are alike.
fn equal_components(tree: &Tree<'_>) -> IndexMap<Vec<u8>, Vec<Place>> {
    let weights = weights(tree);
    let mut by_weight: IndexMap<usize, Vec<(Place, ComponentId)>> = IndexMap::new();
    for (place, id) in places(tree, |def| match def {
        Def::Component(id) => Some(*id),
        _ => None,
    }) {
        by_weight
            .entry(weights[id.0])
            .or_default()
            .push((place, id));
    }
    let mut equal: IndexMap<Vec<u8>, Vec<Place>> = IndexMap::new();
    let alike = by_weight.into_values().filter(|alike| alike.len() > 1);
    for (place, id) in alike.flatten() {
        if let (true, Ok(bytes)) = (is_closed(tree, id), encode::nested(tree, id)) {
            equal.entry(bytes).or_default().push(place);
        }
    }
    equal
}

/// By component: its definitions and the bytes of its modules, at any depth. Equal ones have the
/// same weight.
fn weights(tree: &Tree<'_>) -> Vec<usize> {
    let mut weights = vec![0; tree.components.len()];
    // A component has a smaller number than what is nested in it.
    for (number, comp) in tree.components.iter().enumerate().rev() {
        let lines = comp.lines.iter().map(|line| match &line.def {
            Def::CoreModule(id) => 1 + tree.modules.get(id.0).map_or(0, |m| m.bytes.len()),
            Def::Component(id) => 1 + weights[id.0],
            _ => 1,
        });
        weights[number] = lines.sum();
    }
    weights
}

/// The modules that are there more than once.
fn equal_modules(tree: &Tree<'_>) -> IndexMap<Vec<u8>, Vec<Place>> {
    let modules = places(tree, |def| match def {
        Def::CoreModule(id) => tree.modules.get(id.0),
        _ => None,
    });
    let mut by_length: IndexMap<usize, Vec<(Place, &Mod<'_>)>> = IndexMap::new();
    for (place, module) in modules {
        let alike = by_length.entry(module.bytes.len()).or_default();
        alike.push((place, module));
    }
    let mut equal: IndexMap<Vec<u8>, Vec<Place>> = IndexMap::new();
    let alike = by_length.into_values().filter(|alike| alike.len() > 1);
    for (place, module) in alike.flatten() {
        let places = equal.entry(module.bytes.to_vec()).or_default();
        places.push(place);
    }
    equal
}

/// The definitions that `of` picks, in components that are still part of the tree.
fn places<T>(tree: &Tree<'_>, of: impl Fn(&Def<'_>) -> Option<T>) -> Vec<(Place, T)> {
    let mut found = Vec::new();
    for (number, comp) in tree.components.iter().enumerate() {
        let at = ComponentId(number);
        if is_reached(tree, at) {
            for (position, line) in comp.lines.iter().enumerate() {
                found.extend(of(&line.def).map(|item| ((at, position), item)));
            }
        }
    }
    found
}

fn is_there(tree: &Tree<'_>, (at, position): Place) -> bool {
    let line = tree.components[at.0].lines.get(position);
    is_reached(tree, at) && line.is_some_and(|line| matches!(line.def, Def::Component(_)))
}

/// Is the component still defined, and those around it?
fn is_reached(tree: &Tree<'_>, at: ComponentId) -> bool {
    let Some(parent) = tree.components[at.0].parent else {
        return true;
    };
    let lines = &tree.components[parent.0].lines;
    lines
        .iter()
        .any(|line| matches!(line.def, Def::Component(id) if id == at))
        && is_reached(tree, parent)
}

/// Does nothing in the component name anything around it?
fn is_closed(tree: &Tree<'_>, root: ComponentId) -> bool {
    fn within(tree: &Tree<'_>, at: ComponentId, depth: u32) -> bool {
        tree.components[at.0].lines.iter().all(|line| {
            let inner = match &line.def {
                Def::Component(id) => within(tree, *id, depth + 1),
                _ => true,
            };
            let refs = Scan::def(&line.def);
            inner && refs.is_some_and(|refs| refs.iter().all(|found| found.up <= depth))
        })
    }
    within(tree, root, 0)
}

/// Moves the first of equal definitions to where all can reach it, if that is worth it.
fn share(
    tree: &mut Tree<'_>,
    bytes: &[u8],
    places: &[Place],
    kind: ComponentOuterAliasKind,
) -> bool {
    let [(first, position), _, ..] = places else {
        return false;
    };
    if bytes.len() < WORTH_IT {
        return false;
    }
    let components = places.iter().map(|(at, _)| *at);
    let Some(owner) = components.reduce(|a, b| common(tree, a, b)) else {
        return false;
    };
    let space = match kind {
        ComponentOuterAliasKind::Component => Space::Component,
        _ => Space::CoreModule,
    };
    let def = tree.components[first.0].lines[*position].def.clone();
    let index = tree.components[owner.0].add_first(space, def.clone());
    for (at, position) in places {
        let count = depth(tree, *at) - depth(tree, owner);
        tree.components[at.0].lines[*position].def =
            Def::Alias(ComponentAlias::Outer { kind, count, index });
    }
    if let Def::Component(id) = def {
        tree.components[id.0].parent = Some(owner);
    }
    true
}

fn depth(tree: &Tree<'_>, at: ComponentId) -> u32 {
    match tree.components[at.0].parent {
        Some(parent) => depth(tree, parent) + 1,
        None => 0,
    }
}

/// The innermost component around both.
fn common(tree: &Tree<'_>, mut a: ComponentId, mut b: ComponentId) -> ComponentId {
    while a != b {
        let (deeper, other) = match depth(tree, a) >= depth(tree, b) {
            true => (&mut a, b),
            false => (&mut b, a),
        };
        match tree.components[deeper.0].parent {
            Some(parent) => *deeper = parent,
            None => return other,
        }
    }
    a
}
