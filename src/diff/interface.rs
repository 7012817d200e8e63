//! What changed in the interface?
//!
//! Items are matched by name, then by name without the version, then by structure. What is matched
//! is compared in both directions: what keeps the new one from standing where the old one is called
//! breaks callers, what keeps the old one from standing where the new one asks breaks hosts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use wasmparser::component_types::{ComponentEntityType, ComponentItem, ResourceId};

use super::change::{Change, Effect, Kind, Place};
use super::found::{Found, merged};
use super::owner::{self, Owners, owners};
use super::surface::{Item, Surface};
use crate::compare::{self, Pairs, Side};
use crate::compose::name::Name;

/// All changes, in the order of the old side; what was added comes last.
pub(super) fn changes<'a>(before: &Surface<'a>, after: &Surface<'a>) -> Vec<Change> {
    let defined = before
        .items
        .iter()
        .filter(|item| item.place == Place::Interface);
    let owners = (owners(before), owners(after));
    let side = |surface: &Surface<'a>, of: &Owners<'_>| {
        let origins = owner::shown(of, (&owners.0, &owners.1));
        surface.side().with_origins(origins)
    };
    let listing = Listing {
        defined: defined.map(|item| item.written).collect(),
        sides: (side(before, &owners.0), side(after, &owners.1)),
        owners,
        surfaces: (before, after),
        groups: (groups(before), groups(after)),
    };
    let mut changes = listing.package();
    let worlds = listing.worlds(&mut changes);
    let mut pairs = Both::default();
    for place in [Place::Interface, Place::Import, Place::Export] {
        listing.items(place, &worlds, &mut pairs, &mut changes);
    }
    changes
}

/// Which resource types stand for each other.
#[derive(Default)]
struct Both {
    /// New ones for the old ones that callers know.
    callers: Pairs,
    /// Old ones for the new ones that hosts are asked for.
    hosts: Pairs,
    /// Whether an old and a new one have a name in common.
    named_alike: BTreeMap<(ResourceId, ResourceId), bool>,
}

/// The types of both sides with their names.
struct Listing<'s, 'a> {
    sides: (Side<'a>, Side<'a>),
    owners: (Owners<'s>, Owners<'s>),
    surfaces: (&'s Surface<'a>, &'s Surface<'a>),
    groups: (Groups<'s, 'a>, Groups<'s, 'a>),
    /// The interfaces of the old package itself.
    defined: BTreeSet<&'a str>,
}

/// The items of one side by where they are: the place, and the world.
type Groups<'s, 'a> = BTreeMap<(Place, Option<&'a str>), Vec<&'s Item<'a>>>;

fn groups<'s, 'a>(surface: &'s Surface<'a>) -> Groups<'s, 'a> {
    let mut groups = Groups::new();
    for item in &surface.items {
        let group = groups.entry((item.place, item.world)).or_default();
        group.push(item);
    }
    groups
}

/// What a world imports and exports.
type Shape<'s> = BTreeSet<(Place, (bool, &'s str))>;

/// New names of worlds by old ones; those that are on one side alone are left out.
type Worlds<'a> = BTreeMap<Option<&'a str>, Option<&'a str>>;

impl<'s, 'a> Listing<'s, 'a> {
    /// The name and version of a WIT package.
    fn package(&self) -> Vec<Change> {
        let (Some((name, version)), Some((new_name, new_version))) =
            (self.surfaces.0.package, self.surfaces.1.package)
        else {
            return Vec::new();
        };
        let mut changes = Vec::new();
        if name != new_name {
            changes.push(Change {
                new: new_name.to_string(),
                callers: Effect::Breaking,
                hosts: Effect::Breaking,
                ..Change::of(Place::Package, name, Kind::Renamed)
            });
        }
        if version != new_version {
            let text = |version: Option<&semver::Version>| {
                version.map_or_else(|| "no version".to_string(), ToString::to_string)
            };
            let full = |version: Option<&semver::Version>| {
                let version = version.map(|version| format!("@{version}"));
                let text = format!("{name}/x{}", version.unwrap_or_default());
                Name::parse(&text)
            };
            let stands = full(version).is_compatible(&full(new_version));
            changes.push(Change {
                old: text(version),
                new: text(new_version),
                callers: Effect::breaking_if(!stands),
                hosts: Effect::breaking_if(!stands),
                ..Change::of(Place::Package, name, Kind::Version)
            });
        }
        changes
    }

    /// Which world is which: by name, or by what it imports and exports.
    fn worlds(&self, changes: &mut Vec<Change>) -> Worlds<'a> {
        let (old, new) = (&self.surfaces.0.worlds, &self.surfaces.1.worlds);
        let is_old: BTreeSet<&str> = old.iter().copied().collect();
        let is_new: BTreeSet<&str> = new.iter().copied().collect();
        let mut pairs: Worlds<'a> = BTreeMap::from([(None, None)]);
        let same = is_old.intersection(&is_new);
        pairs.extend(same.map(|world| (Some(*world), Some(*world))));
        let added = new.iter().copied().filter(|world| !is_old.contains(world));
        let mut by_shape: BTreeMap<Shape<'s>, VecDeque<&str>> = BTreeMap::new();
        for world in added.clone() {
            let shape = shape(self.surfaces.1, &self.groups.1, world);
            by_shape.entry(shape).or_default().push_back(world);
        }
        // Worlds without anything are not each other's.
        by_shape.remove(&Shape::new());
        let mut renamed = BTreeSet::new();
        for world in old.iter().filter(|world| !is_new.contains(*world)) {
            let shape = shape(self.surfaces.0, &self.groups.0, world);
            let twins = by_shape.get_mut(&shape);
            let twin = twins.and_then(VecDeque::pop_front);
            let kind = if twin.is_some() {
                Kind::Renamed
            } else {
                Kind::Removed
            };
            renamed.extend(twin);
            pairs.extend(twin.map(|twin| (Some(*world), Some(twin))));
            changes.push(Change {
                new: twin.unwrap_or_default().to_string(),
                callers: Effect::breaking_if(twin.is_none()),
                hosts: Effect::breaking_if(twin.is_none()),
                ..Change::of(Place::World, world, kind)
            });
        }
        let added = added.filter(|world| !renamed.contains(world));
        changes.extend(added.map(|world| Change::of(Place::World, world, Kind::Added)));
        pairs
    }

    fn items(
        &self,
        place: Place,
        worlds: &Worlds<'a>,
        pairs: &mut Both,
        changes: &mut Vec<Change>,
    ) {
        for (old_world, new_world) in worlds {
            let old = self.groups.0.get(&(place, *old_world));
            let new = self.groups.1.get(&(place, *new_world));
            let old = old.map(Vec::as_slice).unwrap_or_default();
            let new = new.map(Vec::as_slice).unwrap_or_default();
            let (twins, mut rest) = self.matched(old, new);
            let mut removed = Vec::new();
            for (item, twin) in old.iter().copied().zip(twins) {
                match twin {
                    Some(twin) => self.pair(item, twin, pairs, changes),
                    None => removed.push(item),
                }
            }
            let looks = removed.len() * rest.len() <= RENAMES;
            for item in removed {
                let mut others = rest.iter();
                let twin = others.position(|other| looks && self.is_same(item.item, other.item));
                let twin = twin.map(|at| rest.remove(at));
                changes.push(lost(item, twin));
            }
            changes.extend(rest.into_iter().map(|item| self.gained(item)));
        }
    }

    /// For each old item the new one that has its name, and those that are left over.
    fn matched<'i>(
        &self,
        old: &[&'i Item<'a>],
        new: &[&'i Item<'a>],
    ) -> (Vec<Option<&'i Item<'a>>>, Vec<&'i Item<'a>>) {
        let mut exact = BTreeMap::new();
        let mut by_key: BTreeMap<_, VecDeque<usize>> = BTreeMap::new();
        for (at, item) in new.iter().enumerate() {
            exact.insert(item.name.full.as_str(), at);
            let key = self.surfaces.1.key(&item.name);
            by_key.entry(key).or_default().push_back(at);
        }
        let mut free: Vec<Option<&Item<'a>>> = new.iter().copied().map(Some).collect();
        let mut twins: Vec<Option<&Item<'a>>> = Vec::new();
        for item in old {
            let at = exact.get(item.name.full.as_str());
            twins.push(at.and_then(|at| free.get_mut(*at)?.take()));
        }
        for (item, twin) in old.iter().zip(&mut twins) {
            let others = by_key.get_mut(&self.surfaces.0.key(&item.name));
            let Some(others) = others.filter(|_| twin.is_none()) else {
                continue;
            };
            while let (None, Some(at)) = (&twin, others.pop_front()) {
                *twin = free.get_mut(at).and_then(Option::take);
            }
        }
        (twins, free.into_iter().flatten().collect())
    }

    /// What changed within an item.
    fn pair(&self, old: &Item<'a>, new: &Item<'a>, pairs: &mut Both, changes: &mut Vec<Change>) {
        let (is_own, _) = self.surfaces.0.key(&old.name);
        let (by_callers, by_hosts) = match old.place {
            Place::Import => (false, true),
            Place::Export => (true, false),
            _ => (true, true),
        };
        let of = |kind| Change {
            world: old.world.map(str::to_string),
            ..Change::of(old.place, &old.name.path, kind)
        };
        let judged = |change: Change, stands: bool| Change {
            callers: Effect::breaking_if(by_callers && !stands),
            hosts: Effect::breaking_if(by_hosts && !stands),
            ..change
        };
        if old.name.full != new.name.full && !is_own {
            let stands = old.name.is_compatible(&new.name);
            changes.push(judged(version(&old.name, &new.name, of), stands));
        }
        match (&old.implements, &new.implements) {
            (Some(was), Some(is)) => {
                let (was_key, is_key) = (self.surfaces.0.key(was), self.surfaces.1.key(is));
                let stands = was.is_compatible(is);
                if was_key != is_key {
                    let change = implemented(Some(was), Some(is), of);
                    changes.push(judged(change, false));
                } else if was.full != is.full && !was_key.0 {
                    changes.push(judged(version(was, is, of), stands));
                }
            }
            (None, None) => {}
            (was, is) => {
                let change = implemented(was.as_ref(), is.as_ref(), of);
                changes.push(judged(change, was.is_none()));
            }
        }
        // What it is made of is told with the interface itself.
        if old.place != Place::Interface && is_own && self.defined.contains(old.written) {
            return;
        }
        let mut found = self.within(old, new, pairs);
        self.find_renamed(old.item, new.item, &mut found);
        changes.extend(found.into_iter().map(|found| Change {
            path: found.path.trim_start().to_string(),
            old: found.old,
            new: found.new,
            callers: Effect::breaking_if(by_callers && found.callers),
            hosts: Effect::breaking_if(by_hosts && found.hosts),
            ..of(found.kind)
        }));
    }

    /// All differences between two items, in both directions. A resource of another owner is told
    /// of once.
    fn within(&self, old: &Item<'a>, new: &Item<'a>, pairs: &mut Both) -> Vec<Found> {
        let (before, after) = (&self.sides.0, &self.sides.1);
        let (o, n) = (&old.item.ty, &new.item.ty);
        let names = (&old.name, &new.name);
        let alike = &mut pairs.named_alike;
        let mut told = BTreeSet::new();
        let callers = compare::compare("", (before, o), (after, n), &mut |old, new| {
            let is_one =
                self.have_one_owner(names, old, new, alike) && pairs.callers.are_one(old, new);
            is_one || !told.insert((old, new))
        });
        let mut told = BTreeSet::new();
        let hosts = compare::compare_back("", (after, n), (before, o), &mut |new, old| {
            let is_one =
                self.have_one_owner(names, old, new, alike) && pairs.hosts.are_one(new, old);
            is_one || !told.insert((old, new))
        });
        merged(callers, hosts)
    }

    /// Do two resource types come from one interface, as far as that is known? The items of these
    /// names, which are compared, are one.
    fn have_one_owner(
        &self,
        names: (&Name, &Name),
        old: ResourceId,
        new: ResourceId,
        named_alike: &mut BTreeMap<(ResourceId, ResourceId), bool>,
    ) -> bool {
        let pair = (old, new);
        let (Some(old), Some(new)) = (self.owners.0.get(&old), self.owners.1.get(&new)) else {
            return true;
        };
        if old.interface == names.0 && new.interface == names.1 {
            return true;
        }
        let keys = (
            self.surfaces.0.key(old.interface),
            self.surfaces.1.key(new.interface),
        );
        let is_own = keys.0.0;
        keys.0 == keys.1
            && (is_own || old.interface.is_compatible(new.interface))
            && *named_alike
                .entry(pair)
                .or_insert_with(|| old.shares_a_name(new))
    }

    /// Are both the same by structure? Interfaces that hold nothing are not each other's.
    fn is_same(&self, old: &ComponentItem, new: &ComponentItem) -> bool {
        let (before, after) = (&self.sides.0, &self.sides.1);
        if let (ComponentEntityType::Instance(o), ComponentEntityType::Instance(n)) =
            (old.ty, new.ty)
        {
            let (o, n) = (&before.types[o].exports, &after.types[n].exports);
            let have_same_names = o.len() == n.len() && o.keys().all(|name| n.contains_key(name));
            if o.is_empty() || !have_same_names {
                return false;
            }
        }
        let mut pairs = Pairs::default();
        let (old, new) = ((before, &old.ty), (after, &new.ty));
        compare::stands(old, new, &mut |old, new| pairs.are_one(old, new))
            && compare::stands(new, old, &mut |new, old| pairs.are_one(old, new))
    }

    /// Members of an interface that went under one name and came under another.
    fn find_renamed(&self, old: &ComponentItem, new: &ComponentItem, found: &mut Vec<Found>) {
        let (ComponentEntityType::Instance(o), ComponentEntityType::Instance(n)) = (old.ty, new.ty)
        else {
            return;
        };
        let (before, after) = (self.surfaces.0.types, self.surfaces.1.types);
        let (before, after) = (&before[o].exports, &after[n].exports);
        let count = |kind| found.iter().filter(|found| found.kind == kind).count();
        if count(Kind::Removed) * count(Kind::Added) > RENAMES {
            return;
        }
        let mut at = 0;
        while at < found.len() {
            let twin = match (found[at].kind, before.get(&found[at].path)) {
                (Kind::Removed, Some(item)) => found.iter().position(|other| {
                    let member = after.get(&other.path);
                    other.kind == Kind::Added && member.is_some_and(|new| self.is_same(item, new))
                }),
                _ => None,
            };
            if let Some(twin) = twin {
                let twin_path = found[twin].path.clone();
                let gone = &mut found[at];
                (gone.kind, gone.hosts) = (Kind::Renamed, true);
                (gone.old, gone.new) = (String::new(), twin_path);
                found.remove(twin);
                at -= usize::from(twin < at);
            }
            at += 1;
        }
    }

    fn gained(&self, item: &Item<'a>) -> Change {
        let asks = item.place == Place::Import;
        Change {
            world: item.world.map(str::to_string),
            new: compare::kind(&item.item.ty).to_string(),
            hosts: Effect::breaking_if(asks),
            ..Change::of(item.place, &item.name.path, Kind::Added)
        }
    }
}

/// Another version of what an item is, or implements.
fn version(old: &Name, new: &Name, of: impl Fn(Kind) -> Change) -> Change {
    let version = |name: &Name| match &name.version {
        Some(version) => version.to_string(),
        None => "no version".to_string(),
    };
    Change {
        old: version(old),
        new: version(new),
        ..of(Kind::Version)
    }
}

/// Another interface that an item implements.
fn implemented(old: Option<&Name>, new: Option<&Name>, of: impl Fn(Kind) -> Change) -> Change {
    let shown = |name: Option<&Name>| match name {
        Some(name) => format!("implements {}", name.full),
        None => "implements nothing".to_string(),
    };
    Change {
        old: shown(old),
        new: shown(new),
        ..of(Kind::Changed)
    }
}

/// More pairs than this are not looked through for another name of the same.
const RENAMES: usize = 20_000;

/// An item that went, or has another name now.
fn lost(item: &Item<'_>, twin: Option<&Item<'_>>) -> Change {
    let (kind, old, new) = match twin {
        Some(twin) => (Kind::Renamed, String::new(), twin.name.path.clone()),
        None => {
            let was = compare::kind(&item.item.ty).to_string();
            (Kind::Removed, was, String::new())
        }
    };
    let is_asked_anew = twin.is_some() && item.place != Place::Export;
    Change {
        world: item.world.map(str::to_string),
        old,
        new,
        callers: Effect::breaking_if(item.place != Place::Import),
        hosts: Effect::breaking_if(is_asked_anew),
        ..Change::of(item.place, &item.name.path, kind)
    }
}

fn shape<'s>(surface: &'s Surface<'_>, groups: &Groups<'s, '_>, world: &str) -> Shape<'s> {
    let places = [Place::Import, Place::Export].into_iter();
    let items = places.filter_map(|place| groups.get(&(place, Some(world))));
    items
        .flatten()
        .map(|item| (item.place, surface.key(&item.name)))
        .collect()
}
