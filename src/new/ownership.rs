//! Do the types of a world belong where they stand?
//!
//! The encoder copies what a world defines by itself, and takes it for granted that whatever such
//! a definition is made of belongs to it, or is an alias. A damaged section need not hold to that.

use std::collections::BTreeSet;

use wit_parser::{
    Function, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId,
    WorldItem,
};

/// Whether the world and its interfaces without a name are made of types of their own.
pub(super) fn holds(resolve: &Resolve, world: WorldId) -> bool {
    let own = Walk::new(resolve, TypeOwner::World(world));
    let world = &resolve.worlds[world];
    let mut items = world.imports.values().chain(world.exports.values());
    items.all(|item| match item {
        WorldItem::Type { id, .. } => own.holds(vec![*id]),
        WorldItem::Function(function) => own.holds(of_function(function)),
        WorldItem::Interface { id, .. } => interface_holds(resolve, *id),
    })
}

fn interface_holds(resolve: &Resolve, id: InterfaceId) -> bool {
    let interface = &resolve.interfaces[id];
    if interface.name.is_some() {
        return true;
    }
    let functions = interface.functions.values().flat_map(of_function);
    let types = interface.types.values().copied().chain(functions);
    Walk::new(resolve, TypeOwner::Interface(id)).holds(types.collect())
}

fn of_function(function: &Function) -> Vec<TypeId> {
    let params = function.params.iter().map(|param| param.ty);
    let all = params.chain(function.result).filter_map(id);
    all.chain(function.kind.resource()).collect()
}

fn id(ty: Type) -> Option<TypeId> {
    match ty {
        Type::Id(id) => Some(id),
        _ => None,
    }
}

/// Goes through all that some types of one owner are made of.
struct Walk<'a> {
    resolve: &'a Resolve,
    owner: TypeOwner,
}

impl<'a> Walk<'a> {
    fn new(resolve: &'a Resolve, owner: TypeOwner) -> Walk<'a> {
        Walk { resolve, owner }
    }

    fn holds(&self, mut open: Vec<TypeId>) -> bool {
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let ty = &self.resolve.types[id];
            if ty.owner != TypeOwner::None && ty.owner != self.owner {
                return false;
            }
            open.extend(self.parts(&ty.kind));
        }
        true
    }

    /// What a type is made of; of an alias only what has the same owner.
    fn parts(&self, kind: &TypeDefKind) -> Vec<TypeId> {
        let types: Vec<Type> = match kind {
            TypeDefKind::Type(Type::Id(of)) => {
                let same = self.resolve.types[*of].owner == self.owner;
                return same.then_some(*of).into_iter().collect();
            }
            TypeDefKind::Handle(Handle::Own(of) | Handle::Borrow(of)) => return vec![*of],
            TypeDefKind::Option(of)
            | TypeDefKind::List(of)
            | TypeDefKind::FixedLengthList(of, ..) => vec![*of],
            TypeDefKind::Map(key, value) => vec![*key, *value],
            TypeDefKind::Tuple(tuple) => tuple.types.clone(),
            TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().filter_map(|case| case.ty).collect()
            }
            TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
            TypeDefKind::Future(of) | TypeDefKind::Stream(of) => of.iter().copied().collect(),
            TypeDefKind::Type(_)
            | TypeDefKind::Resource
            | TypeDefKind::Flags(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Unknown => Vec::new(),
        };
        types.into_iter().filter_map(id).collect()
    }
}
