//! Is every type that is used also named where it is used?
//!
//! In a binary a function may refer to a type of another interface directly. In WIT it needs a
//! `use`; text printed without one is not complete.

use wit_parser::{
    Function, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey,
};

/// A use of a type that is not in scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unscoped {
    /// `world root, function `f``.
    pub user: String,
    pub ty: String,
}

/// All uses of types that are not in scope, in the order of the text.
pub fn unscoped(resolve: &Resolve) -> Vec<Unscoped> {
    let mut found = Vec::new();
    for (id, _) in &resolve.worlds {
        found.extend(in_world(resolve, id));
    }
    for (id, _) in &resolve.interfaces {
        in_interface(resolve, id, &mut found);
    }
    found
}

/// The same for one world, the interfaces it imports and exports aside.
pub fn in_world(resolve: &Resolve, id: WorldId) -> Vec<Unscoped> {
    let world = &resolve.worlds[id];
    let is_in_scope = |ty: TypeId| {
        let name = resolve.types[ty].name.clone().unwrap_or_default();
        let item = world.imports.get(&WorldKey::Name(name));
        matches!(item, Some(WorldItem::Type { id, .. }) if *id == ty)
    };
    let mut found = Vec::new();
    for (key, item) in world.imports.iter().chain(&world.exports) {
        let used = match item {
            WorldItem::Function(function) => of_function(resolve, function),
            WorldItem::Type { id, .. } => of_type(resolve, *id),
            WorldItem::Interface { .. } => continue,
        };
        let item = resolve.name_world_key(key);
        let user = format!("world `{}`, `{item}`", world.name);
        report(resolve, used, &user, is_in_scope, &mut found);
    }
    found
}

fn in_interface(resolve: &Resolve, id: InterfaceId, found: &mut Vec<Unscoped>) {
    let interface = &resolve.interfaces[id];
    let is_in_scope = |ty: TypeId| {
        let name = resolve.types[ty].name.as_deref().unwrap_or_default();
        interface.types.get(name) == Some(&ty)
    };
    let called = resolve
        .id_of(id)
        .unwrap_or_else(|| "without a name".to_string());
    for (name, function) in &interface.functions {
        let user = format!("interface `{called}`, `{name}`");
        report(
            resolve,
            of_function(resolve, function),
            &user,
            is_in_scope,
            found,
        );
    }
    for (name, ty) in &interface.types {
        let user = format!("interface `{called}`, `{name}`");
        report(resolve, of_type(resolve, *ty), &user, is_in_scope, found);
    }
}

fn report(
    resolve: &Resolve,
    used: Vec<TypeId>,
    user: &str,
    is_in_scope: impl Fn(TypeId) -> bool,
    found: &mut Vec<Unscoped>,
) {
    let missing = used.into_iter().find(|ty| !is_in_scope(*ty));
    found.extend(missing.map(|ty| Unscoped {
        user: user.to_string(),
        ty: resolve.types[ty].name.clone().unwrap_or_default(),
    }));
}

/// The named types that a function uses.
fn of_function(resolve: &Resolve, function: &Function) -> Vec<TypeId> {
    let mut used = Vec::new();
    for ty in function.parameter_and_result_types() {
        visit(resolve, ty, &mut used);
    }
    used
}

/// The named types that a definition uses. What is only another name of a type is a `use`.
fn of_type(resolve: &Resolve, id: TypeId) -> Vec<TypeId> {
    let mut used = Vec::new();
    match &resolve.types[id].kind {
        TypeDefKind::Type(Type::Id(other))
            if resolve.types[*other].owner != resolve.types[id].owner => {}
        kind => visit_parts(resolve, kind, &mut used),
    }
    used
}

fn visit(resolve: &Resolve, ty: Type, used: &mut Vec<TypeId>) {
    let Type::Id(id) = ty else {
        return;
    };
    match &resolve.types[id].name {
        Some(_) => used.push(id),
        None => visit_parts(resolve, &resolve.types[id].kind, used),
    }
}

fn visit_parts(resolve: &Resolve, kind: &TypeDefKind, used: &mut Vec<TypeId>) {
    match kind {
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => used.push(*id),
        _ => {
            for part in parts(kind) {
                visit(resolve, part, used);
            }
        }
    }
}

/// The types that a type is made of, handles aside.
fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => vec![*ty],
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().copied().collect(),
        TypeDefKind::Handle(_)
        | TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}
