//! In which order do packages enter a [`Resolve`]?

use indexmap::{IndexMap, IndexSet};
use wit_parser::{
    Docs, InterfaceId, Package, PackageId, PackageName, Resolve, Stability, World, WorldId,
    WorldItem, WorldKey,
};

use super::{Decoder, Fit, Misfit};

/// A package while it is read.
pub(super) struct Draft {
    pub name: PackageName,
    pub interfaces: IndexMap<String, InterfaceId>,
    pub worlds: IndexMap<String, WorldId>,
}

impl Draft {
    pub fn new(name: PackageName) -> Draft {
        Draft {
            name,
            interfaces: IndexMap::new(),
            worlds: IndexMap::new(),
        }
    }

    pub fn add_interface(&mut self, name: String, id: InterfaceId) -> Fit<()> {
        match self.interfaces.insert(name, id) {
            None => Ok(()),
            Some(_) => Err(Misfit::new("another interface has the same name")),
        }
    }

    pub fn add_world(&mut self, name: String, id: WorldId) -> Fit<()> {
        match self.worlds.insert(name, id) {
            None => Ok(()),
            Some(_) => Err(Misfit::new("another world has the same name")),
        }
    }

    /// Adds what another draft of the same package has.
    pub fn absorb(&mut self, other: Draft) -> Fit<()> {
        if other.name != self.name {
            return Err(Misfit::new(format!(
                "it belongs to package `{}`, not `{}`",
                other.name, self.name
            )));
        }
        for (name, id) in other.interfaces {
            self.add_interface(name, id)?;
        }
        for (name, id) in other.worlds {
            self.add_world(name, id)?;
        }
        Ok(())
    }
}

pub(super) fn empty_world(name: &str) -> World {
    World {
        name: name.to_string(),
        imports: Default::default(),
        exports: Default::default(),
        package: None,
        docs: Docs::default(),
        stability: Stability::default(),
        includes: Vec::new(),
        span: Default::default(),
    }
}

/// The world that embedded worlds are merged into. Modules do not name it; `root:root/root` is
/// the custom.
pub(super) fn merging_world() -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    let name = PackageName {
        namespace: "root".to_string(),
        name: "root".to_string(),
        version: None,
    };
    let package = resolve.packages.alloc(Package {
        name,
        docs: Docs::default(),
        interfaces: Default::default(),
        worlds: Default::default(),
    });
    let mut world = empty_world("root");
    world.package = Some(package);
    let world = resolve.worlds.alloc(world);
    resolve.packages[package]
        .worlds
        .insert("root".to_string(), world);
    (resolve, world)
}

/// So many packages may use each other in a row: wit-parser walks them by recursion.
const MOST_IN_A_ROW: usize = 1000;

fn too_many() -> Misfit {
    Misfit::new(format!(
        "more than {MOST_IN_A_ROW} packages use each other in a row"
    ))
}

fn circular(name: &dyn std::fmt::Display) -> Misfit {
    Misfit::new(format!(
        "package `{name}` depends on itself by way of others"
    ))
}

/// Fails where packages cannot be put in an order, each after those that it uses. A world may use
/// a package that uses an interface of the world's own.
fn expect_order(resolve: &Resolve) -> Fit<()> {
    let uses = |package: PackageId| {
        let used: IndexSet<PackageId> = resolve.package_direct_deps(package).collect();
        used.into_iter().filter(move |used| *used != package)
    };
    let mut done = IndexSet::new();
    for (package, _) in &resolve.packages {
        if done.contains(&package) {
            continue;
        }
        let mut path = IndexMap::from([(package, uses(package))]);
        while let Some((last, mut left)) = path.pop() {
            let Some(next) = left.find(|used| !done.contains(used)) else {
                done.insert(last);
                continue;
            };
            path.insert(last, left);
            if path.contains_key(&next) {
                return Err(circular(&resolve.packages[next].name));
            }
            if path.len() == MOST_IN_A_ROW {
                return Err(too_many());
            }
            path.insert(next, uses(next));
        }
    }
    Ok(())
}

impl Decoder<'_> {
    /// Adds all packages, dependencies first and `main` last.
    pub fn finish(mut self, main: Draft) -> Fit<(Resolve, PackageId)> {
        let mut order = IndexSet::new();
        for index in 0..self.foreign.len() {
            self.visit(index, &mut order, &mut IndexSet::new())?;
        }
        let mut drafts: Vec<Option<Draft>> = std::mem::take(&mut self.foreign)
            .into_values()
            .map(Some)
            .collect();
        for index in order {
            if let Some(draft) = drafts.get_mut(index).and_then(Option::take) {
                self.insert(draft)?;
            }
        }
        let main = self.insert(main)?;
        if self
            .resolve
            .interfaces
            .iter()
            .any(|(_, interface)| interface.package.is_none())
        {
            return Err(Misfit::new("an interface belongs to no package"));
        }
        expect_order(&self.resolve)?;
        Ok((self.resolve, main))
    }

    /// Orders a package after those whose types it uses.
    fn visit(
        &self,
        index: usize,
        order: &mut IndexSet<usize>,
        visiting: &mut IndexSet<usize>,
    ) -> Fit<()> {
        if order.contains(&index) {
            return Ok(());
        }
        let Some((name, draft)) = self.foreign.get_index(index) else {
            return Ok(());
        };
        if visiting.len() == MOST_IN_A_ROW {
            return Err(too_many());
        }
        if !visiting.insert(index) {
            return Err(circular(name));
        }
        for interface in draft.interfaces.values() {
            for used in self.resolve.interface_direct_deps(*interface) {
                let Some(&package) = self.package_of.get(&used) else {
                    return Err(Misfit::new(format!(
                        "package `{name}` uses a type of an interface of this component"
                    )));
                };
                if package != index {
                    self.visit(package, order, visiting)?;
                }
            }
        }
        visiting.shift_remove(&index);
        order.insert(index);
        Ok(())
    }

    fn insert(&mut self, draft: Draft) -> Fit<PackageId> {
        let Draft {
            name,
            interfaces,
            worlds,
        } = draft;
        let id = match self.resolve.package_names.get(&name) {
            Some(&id) => id,
            None => {
                let package = Package {
                    name: name.clone(),
                    docs: Docs::default(),
                    interfaces: Default::default(),
                    worlds: Default::default(),
                };
                let id = self.resolve.packages.alloc(package);
                self.resolve.package_names.insert(name, id);
                id
            }
        };
        for (name, interface) in interfaces {
            self.resolve.interfaces[interface].package = Some(id);
            let package = &mut self.resolve.packages[id];
            if package.interfaces.insert(name.clone(), interface).is_some() {
                return Err(Misfit::new(format!(
                    "interface `{name}` is both used and defined"
                )));
            }
        }
        for (name, world) in worlds {
            self.resolve.worlds[world].package = Some(id);
            self.resolve.packages[id].worlds.insert(name, world);
            self.adopt_unnamed(world, id);
        }
        Ok(id)
    }

    /// Unnamed interfaces of a world belong to its package.
    fn adopt_unnamed(&mut self, world: WorldId, package: PackageId) {
        let world = &self.resolve.worlds[world];
        for (key, item) in world.imports.iter().chain(&world.exports) {
            if let (WorldKey::Name(_), WorldItem::Interface { id, .. }) = (key, item) {
                let interface = &mut self.resolve.interfaces[*id];
                if interface.name.is_none() {
                    interface.package = Some(package);
                }
            }
        }
    }
}
