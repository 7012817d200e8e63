//! What does a component without these imports look like?
//!
//! Where a function of a stubbed import is lowered, a core function that traps or answers at once
//! takes its place. Nothing lowers the import then, and what only it needed is swept away.
//!
//! A resource of stubbed imports alone has no handles: who could have made one? Dropping one traps.
//! Types that something else needs keep their import, without its functions.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;
use wasmparser::{CanonicalFunction, CanonicalOption, ExternalKind};
use wit_parser::{Function, Resolve, TypeDefKind, TypeId, WorldId, WorldItem};

use super::live::{Live, Rules};
use super::origin::{Origin, Origins};
use super::summary::{Depth, Summary};
use super::traps;
use super::tree::{BagItem, ComponentId, Def, Line, Mod, ModuleId, Space, Tree};
use crate::component::{Component, ExternName};
use crate::compose::name::Name;
use crate::diagnostic::{Diagnostic, Result};
use crate::input::{self, Kind};
use crate::module::Module;
use crate::stub::answer::Shape;
use crate::stub::core::{self, CoreStub};
use crate::stub::{self, Answer, Stub, Stubbed};
use crate::wit::decode;

/// An import that is no longer called.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Replaced {
    pub name: String,
    pub answer: Answer,
    /// Functions that are still reached, and trap.
    pub traps: Vec<String>,
    /// Functions that are still reached, and answer.
    pub answers: Vec<String>,
}

/// The component with stubs, before anything is swept away.
pub fn stub(
    name: &str,
    bytes: &[u8],
    stubs: &[Stub],
    rules: Rules<'_>,
) -> Result<(Vec<u8>, Vec<Replaced>)> {
    if input::kind(bytes)? != Kind::Component {
        let error = Diagnostic::error(
            "shrink/nothing-to-stub",
            format!("`{name}` is no component, only those have imports that can be stubbed"),
        );
        return Err(error.help(format!("make it one first: `wct new {name}`")));
    }
    let decoded = decode::component(bytes)?;
    let Some(world) = decoded.world else {
        return Ok((bytes.to_vec(), Vec::new()));
    };
    let resolve = &decoded.packages.resolve;
    let chosen = Chosen::of(resolve, world, stubs)?;
    let component = Component::parse(bytes)?;
    let tree = Tree::of_component(&component, Depth::Bodies)?;
    let places = chosen.places(&tree)?;
    let replaced = chosen.replaced(&places, &Live::of(&tree, rules));
    let groups = grouped(&places);
    let modules: Vec<Vec<u8>> = groups.values().map(|group| core::module(group)).collect();
    let mut tree = tree;
    insert(&mut tree, &places, &groups, &modules)?;
    let stubbed = super::write(&tree)?;
    let mut tree = super::read(&stubbed, Depth::Bodies)?;
    traps::cut(&mut tree, rules)?;
    Ok((super::write(&tree)?, replaced))
}

/// Imports by the patterns that chose them.
struct Chosen<'r> {
    resolve: &'r Resolve,
    world: WorldId,
    shape: Shape<'r>,
    /// By name.
    imports: IndexMap<String, (Stubbed, &'r WorldItem)>,
    /// Resources that have no handles.
    empty: BTreeSet<TypeId>,
}

/// A canonical function that is replaced.
struct Place {
    at: ComponentId,
    position: usize,
    /// The import and its function; none for dropping a handle, which nobody has.
    label: Option<(String, String)>,
    stub: CoreStub,
    /// Where its answer goes.
    memory: Option<u32>,
}

/// What a place is called, what takes it, and the memory of its caller.
type Found = (Option<(String, String)>, CoreStub, Option<u32>);

/// By component and memory: the distinct functions.
type Groups = IndexMap<(ComponentId, Option<u32>), Vec<CoreStub>>;

impl<'r> Chosen<'r> {
    fn of(resolve: &'r Resolve, world: WorldId, stubs: &[Stub]) -> Result<Chosen<'r>> {
        let items = resolve.worlds[world].imports.iter();
        let items: IndexMap<String, &WorldItem> = items
            .map(|(key, item)| (resolve.name_world_key(key), item))
            .collect();
        let matching = stub::matching(resolve, world, stubs).into_iter();
        let imports: IndexMap<_, _> = matching
            .filter_map(|import| {
                let item = *items.get(&import.name)?;
                Some((import.name.clone(), (import, item)))
            })
            .collect();
        if imports.is_empty() {
            return Err(no_match(resolve, world, stubs));
        }
        let mut chosen = Chosen {
            resolve,
            world,
            shape: Shape::of(resolve)?,
            imports,
            empty: BTreeSet::new(),
        };
        chosen.empty = chosen.empty_resources();
        Ok(chosen)
    }

    /// Those that only stubbed imports know.
    fn empty_resources(&self) -> BTreeSet<TypeId> {
        let world = &self.resolve.worlds[self.world];
        let (mut stubbed, mut known) = (BTreeSet::new(), BTreeSet::new());
        for (key, item) in &world.imports {
            match self.imports.contains_key(&self.resolve.name_world_key(key)) {
                true => stubbed.extend(self.resources(item)),
                false => known.extend(self.resources(item)),
            }
        }
        for item in world.exports.values() {
            known.extend(self.resources(item));
        }
        &stubbed - &known
    }

    /// The resources that an import or export has or uses.
    fn resources(&self, item: &WorldItem) -> Vec<TypeId> {
        let types: Vec<TypeId> = match item {
            WorldItem::Interface { id, .. } => {
                let interface = &self.resolve.interfaces[*id];
                interface.types.values().copied().collect()
            }
            WorldItem::Type { id, .. } => vec![*id],
            WorldItem::Function(_) => Vec::new(),
        };
        let defined = types.into_iter().map(|id| self.definition(id));
        let is_resource = |id: &TypeId| self.resolve.types[*id].kind == TypeDefKind::Resource;
        defined.filter(is_resource).collect()
    }

    /// Follows uses of a type to its definition.
    fn definition(&self, mut id: TypeId) -> TypeId {
        while let TypeDefKind::Type(wit_parser::Type::Id(other)) = self.resolve.types[id].kind {
            id = other;
        }
        id
    }

    /// The stubbed import of the world that is behind an item.
    fn item(&self, origin: Origin<'_, '_>) -> Option<(&Stubbed, &'r WorldItem)> {
        let name = Name::of(&ExternName::from(origin.import.name)).full;
        let (import, item) = self.imports.get(&name)?;
        Some((import, item))
    }

    /// Everything to replace.
    fn places(&self, tree: &Tree<'_>) -> Result<Vec<Place>> {
        let mut origins = Origins::of(tree);
        let mut places = Vec::new();
        for (number, component) in tree.components.iter().enumerate() {
            let at = ComponentId(number);
            for (position, line) in component.lines.iter().enumerate() {
                let Def::Canonical(canonical) = &line.def else {
                    continue;
                };
                let found = match canonical {
                    CanonicalFunction::Lower {
                        func_index,
                        options,
                    } => self.lowered(origins.origin(at, Space::Func, *func_index), options),
                    CanonicalFunction::ResourceDrop { resource, .. } => {
                        self.dropped(origins.origin(at, Space::Type, *resource))
                    }
                    _ => None,
                };
                places.extend(found.map(|(label, stub, memory)| Place {
                    at,
                    position,
                    label,
                    memory: memory.filter(|_| stub.needs_memory()),
                    stub,
                }));
            }
        }
        Ok(places)
    }

    fn lowered(
        &self,
        origin: Option<Origin<'_, '_>>,
        options: &[CanonicalOption],
    ) -> Option<Found> {
        let origin = origin?;
        let (import, item) = self.item(origin)?;
        let func: &Function = match (item, origin.member) {
            (WorldItem::Interface { id, .. }, Some(name)) => {
                self.resolve.interfaces[*id].functions.get(name)?
            }
            (WorldItem::Function(func), None) => func,
            _ => return None,
        };
        let is_async = options.contains(&CanonicalOption::Async);
        let memory = options.iter().find_map(|option| match option {
            CanonicalOption::Memory(index) => Some(*index),
            _ => None,
        });
        let stub = CoreStub::lowered(self.resolve, &self.shape, func, import.answer, is_async);
        let label = (import.name.clone(), func.name.clone());
        Some((Some(label), stub, memory))
    }

    fn dropped(&self, origin: Option<Origin<'_, '_>>) -> Option<Found> {
        let origin = origin?;
        let (_, item) = self.item(origin)?;
        let (WorldItem::Interface { id, .. }, Some(name)) = (item, origin.member) else {
            return None;
        };
        let id = self.resolve.interfaces[*id].types.get(name)?;
        let is_empty = self.empty.contains(&self.definition(*id));
        is_empty.then(|| (None, CoreStub::dropped(), None))
    }

    /// What the report says: functions that somebody still reaches.
    fn replaced(&self, places: &[Place], live: &Live<'_, '_>) -> Vec<Replaced> {
        let mut reached: IndexMap<&str, [BTreeSet<&str>; 2]> = IndexMap::new();
        for place in places {
            if let Some((import, function)) = &place.label
                && live.line(place.at, place.position)
            {
                let functions = reached.entry(import).or_default();
                functions[usize::from(place.stub.traps())].insert(function);
            }
        }
        let imports = self.imports.values();
        let replaced = imports.map(|(import, _)| {
            let functions = reached.swap_remove(import.name.as_str());
            let [answers, traps] = functions.unwrap_or_default();
            let listed = |names: BTreeSet<&str>| names.into_iter().map(str::to_string).collect();
            Replaced {
                name: import.name.clone(),
                answer: import.answer,
                traps: listed(traps),
                answers: listed(answers),
            }
        });
        replaced.collect()
    }
}

fn no_match(resolve: &Resolve, world: WorldId, stubs: &[Stub]) -> Box<Diagnostic> {
    let patterns: Vec<String> = stubs
        .iter()
        .map(|stub| format!("`{}`", stub.pattern))
        .collect();
    let error = Diagnostic::error(
        "shrink/nothing-to-stub",
        format!("no import matches {}", patterns.join(", ")),
    );
    let imports = resolve.worlds[world].imports.keys();
    let error = imports.fold(error, |error, key| {
        error.cause(format!("imported is `{}`", resolve.name_world_key(key)))
    });
    error.help("write the pattern as `wasi:sockets/*`; `*` stands for anything")
}

/// Functions that do the same are one.
fn grouped(places: &[Place]) -> Groups {
    let mut groups = Groups::new();
    for place in places {
        let group = groups.entry((place.at, place.memory)).or_default();
        if !group.contains(&place.stub) {
            group.push(place.stub.clone());
        }
    }
    groups
}

/// Adds an instance of a module for each group, which then takes the places of its group. Modules,
/// and instances that need no memory, come first; the others right before they are needed.
fn insert<'a>(
    tree: &mut Tree<'a>,
    places: &[Place],
    groups: &Groups,
    modules: &'a [Vec<u8>],
) -> Result<()> {
    let mut later: Vec<(ComponentId, usize, [Line<'a>; 2])> = Vec::new();
    let without = groups.iter().zip(modules);
    let with = without.clone().filter(|((key, _), _)| key.1.is_some());
    let without = without.filter(|((key, _), _)| key.1.is_none());
    for ((&(at, memory), group), module) in without.chain(with) {
        let parsed = Module::parse(module, 0..module.len())?;
        let id = ModuleId(tree.modules.len());
        tree.modules.push(Mod {
            bytes: module.into(),
            summary: Summary::read(parsed, Depth::Frame)?,
            written: None,
        });
        let component = &mut tree.components[at.0];
        let module = component.add_first(Space::CoreModule, Def::CoreModule(id));
        let taken = places.iter().filter(|p| (p.at, p.memory) == (at, memory));
        let instance = match (memory, taken.clone().next()) {
            (Some(memory), Some(first)) => {
                let pending = later.iter().filter(|(of, ..)| *of == at).count() as u32;
                let bag = component.fresh(Space::CoreInstance) + 2 * pending;
                let lines = instance_with(memory, module, bag);
                later.push((at, first.position, lines));
                bag + 1
            }
            _ => {
                let args = Vec::new();
                let instance = Def::CoreInstantiate { module, args };
                component.add_first(Space::CoreInstance, instance)
            }
        };
        for place in taken {
            let number = group.iter().position(|stub| *stub == place.stub);
            let name = number.unwrap_or_default().to_string().into();
            component.lines[place.position].def = Def::CoreAlias {
                kind: ExternalKind::Func,
                instance,
                name,
            };
        }
    }
    later.sort_by_key(|(_, position, _)| std::cmp::Reverse(*position));
    for (at, position, lines) in later {
        let component = &mut tree.components[at.0];
        component.lines.splice(position..position, lines);
    }
    Ok(())
}

/// A bag with the memory, which has this index, and an instance of the module, which has the next.
fn instance_with<'a>(memory: u32, module: u32, bag: u32) -> [Line<'a>; 2] {
    let item = BagItem {
        name: "".into(),
        kind: ExternalKind::Memory,
        index: memory,
    };
    let line = |def, index| Line {
        def,
        adds: Some((Space::CoreInstance, index, 1)),
    };
    let args = vec![("".into(), bag)];
    [
        line(Def::CoreBag(vec![item]), bag),
        line(Def::CoreInstantiate { module, args }, bag + 1),
    ]
}
