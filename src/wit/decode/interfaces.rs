//! How does an instance type become an interface?

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentInstanceType, ComponentItem,
};
use wasmparser::names::ComponentNameKind;
use wit_parser::{
    Docs, Interface, InterfaceId, Stability, TypeDefKind, TypeId, TypeOwner, WorldKey,
};

use super::packages::Draft;
use super::{Decoder, Fit, Misfit, entity, package_name, parse_name, within};

fn empty_interface(name: Option<String>) -> Interface {
    Interface {
        name,
        types: Default::default(),
        functions: Default::default(),
        docs: Docs::default(),
        stability: Stability::default(),
        package: None,
        span: Default::default(),
        clone_of: None,
    }
}

impl<'a> Decoder<'a> {
    fn instance(&self, item: &ComponentItem) -> Fit<&'a ComponentInstanceType> {
        match item.ty {
            ComponentEntityType::Instance(id) => Ok(&self.types[id]),
            ref other => Err(Misfit::of(entity(other))),
        }
    }

    /// The interface part of a full name; `None` for a plain name.
    pub(super) fn definition_name(&self, name: &str) -> Fit<Option<String>> {
        match parse_name(name)?.kind() {
            ComponentNameKind::Interface(name) => Ok(Some(name.interface().to_string())),
            ComponentNameKind::Plain(name) if name.is_bare() => Ok(None),
            ComponentNameKind::Plain(_) => {
                Err(Misfit::new("its name is that of a resource function"))
            }
        }
    }

    /// An interface that is defined here: under a full name in the package, or, plainly named,
    /// in the world alone.
    pub(super) fn interface(
        &mut self,
        name: &str,
        item: &ComponentItem,
        draft: &mut Draft,
    ) -> Fit<(WorldKey, InterfaceId)> {
        if self.local.contains_key(name) {
            let id = self.known_interface(name, item)?;
            return Ok((WorldKey::Interface(id), id));
        }
        let instance = self.instance(item)?;
        let own_name = self.definition_name(name)?;
        let id = self
            .resolve
            .interfaces
            .alloc(empty_interface(own_name.clone()));
        for (name, item) in &instance.exports {
            self.define(id, name, item)?;
        }
        match own_name {
            None => Ok((WorldKey::Name(name.to_string()), id)),
            Some(own_name) => {
                draft.add_interface(own_name, id)?;
                self.local.insert(name.to_string(), id);
                Ok((WorldKey::Interface(id), id))
            }
        }
    }

    /// Adds a type or function to an interface.
    fn define(&mut self, interface: InterfaceId, name: &str, item: &ComponentItem) -> Fit<()> {
        let owner = TypeOwner::Interface(interface);
        match item.ty {
            ComponentEntityType::Type { .. } => {
                let read = self.named_type(name, item, owner);
                let id = within(|| format!("type `{name}`"), read)?;
                let interface = &mut self.resolve.interfaces[interface];
                interface.types.insert(name.to_string(), id);
            }
            ComponentEntityType::Func(_) => {
                let read = self.function(name, item, owner);
                let function = within(|| format!("function `{name}`"), read)?;
                let interface = &mut self.resolve.interfaces[interface];
                interface.functions.insert(name.to_string(), function);
            }
            ref other => {
                return Err(Misfit::of(entity(other)).within(format!("export `{name}`")));
            }
        }
        let interface = &self.resolve.interfaces[interface];
        if interface.types.contains_key(name) && interface.functions.contains_key(name) {
            return Err(Misfit::new("it is a type here and a function elsewhere")
                .within(format!("export `{name}`")));
        }
        Ok(())
    }

    /// An interface by its full name: of this package, where it is defined already; or of
    /// another, of which no more is known than what is used.
    pub(super) fn known_interface(&mut self, name: &str, item: &ComponentItem) -> Fit<InterfaceId> {
        let instance = self.instance(item)?;
        let (id, complete) = match self.local.get(name) {
            Some(id) => (*id, true),
            None => (self.foreign_interface(name, item)?, false),
        };
        for (name, item) in &instance.exports {
            let interface = &self.resolve.interfaces[id];
            let function = interface.functions.get(name.as_str()).cloned();
            match (&item.ty, interface.types.get(name.as_str())) {
                (
                    ComponentEntityType::Type {
                        referenced,
                        created,
                    },
                    Some(&ty),
                ) => {
                    let joined = self.join(ty, *referenced, *created);
                    within(|| format!("type `{name}`"), joined)?;
                }
                (ComponentEntityType::Func(ty), None) if let Some(known) = &function => {
                    let types = self.types;
                    let matched = self.unify_function(known, &types[*ty]);
                    within(|| format!("function `{name}`"), matched)?;
                }
                (ComponentEntityType::Type { .. } | ComponentEntityType::Func(_), None)
                    if complete =>
                {
                    return Err(
                        Misfit::new("the interface, as defined here, does not have it")
                            .within(format!("export `{name}`")),
                    );
                }
                _ => self.define(id, name, item)?,
            }
        }
        Ok(id)
    }

    /// Learns that a type is one that is known already.
    fn join(
        &mut self,
        ty: TypeId,
        referenced: ComponentAnyTypeId,
        created: ComponentAnyTypeId,
    ) -> Fit<()> {
        match referenced {
            ComponentAnyTypeId::Defined(defined) => {
                let types = self.types;
                self.unify(ty, &types[defined])?;
            }
            ComponentAnyTypeId::Resource(_) => {
                let kind = &self.resolve.types[self.root(ty)].kind;
                if !matches!(kind, TypeDefKind::Resource) {
                    return Err(Misfit::new("it is a resource here and none elsewhere"));
                }
            }
            _ => return Err(Misfit::new("it is no type of values")),
        }
        match self.known.insert(created, ty) {
            Some(other) if other != ty => Err(Misfit::new("it appears under two names")),
            _ => Ok(()),
        }
    }

    fn foreign_interface(&mut self, full: &str, item: &ComponentItem) -> Fit<InterfaceId> {
        let parsed = parse_name(full)?;
        let ComponentNameKind::Interface(name) = parsed.kind() else {
            return Err(Misfit::new("its name says no package"));
        };
        let package = package_name(&name, item)?;
        let interface = name.interface().to_string();
        let entry = self.foreign.entry(package.to_string());
        let index = entry.index();
        let draft = entry.or_insert_with(|| Draft::new(package));
        let resolve = &mut self.resolve;
        let id = *draft
            .interfaces
            .entry(interface.clone())
            .or_insert_with(|| resolve.interfaces.alloc(empty_interface(Some(interface))));
        self.package_of.insert(id, index);
        Ok(id)
    }
}
