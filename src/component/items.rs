//! What can a component hold, and what does each thing refer to?

use wasmparser::{ComponentExternalKind, ComponentTypeRef};

use super::index::{
    ComponentIndex, CoreFuncIndex, CoreGlobalIndex, CoreInstanceIndex, CoreMemoryIndex,
    CoreModuleIndex, CoreTableIndex, CoreTagIndex, FuncIndex, InstanceIndex, TypeIndex, ValueIndex,
};

/// Where an item of an index space comes from.
#[derive(Clone, Debug)]
pub enum Origin<'a, T> {
    Defined(T),
    Elsewhere(Elsewhere<'a>),
}

/// Where an item that is not defined here comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere<'a> {
    /// Position in [`Component::imports`](super::Component::imports).
    Imported(usize),
    Aliased(Alias<'a>),
    /// Position in [`Component::exports`](super::Component::exports): an export adds to its index
    /// space.
    Exported(usize),
}

impl<T> Origin<'_, T> {
    /// What is defined here; `None` where it comes from elsewhere.
    pub fn defined(&self) -> Option<&T> {
        match self {
            Origin::Defined(item) => Some(item),
            Origin::Elsewhere(_) => None,
        }
    }
}

/// A name with all its attributes (`Binary.md`, "Import and Export Definitions").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExternName<'a> {
    pub name: &'a str,
    /// The interface that a plainly named instance implements.
    pub implements: Option<&'a str>,
    /// What follows the canonical version in the name: `.3` for `@0.2` of `0.2.3`.
    pub version_suffix: Option<&'a str>,
    pub external_id: Option<&'a str>,
}

impl<'a> From<wasmparser::ComponentExternName<'a>> for ExternName<'a> {
    fn from(name: wasmparser::ComponentExternName<'a>) -> Self {
        ExternName {
            name: name.name,
            implements: name.implements,
            version_suffix: name.version_suffix,
            external_id: name.external_id,
        }
    }
}

/// An import of a component.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    pub name: ExternName<'a>,
    pub ty: ComponentTypeRef,
}

/// An export of a component, or of an instance made from exports.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    pub name: ExternName<'a>,
    pub item: Item,
    /// The type it is ascribed, where it is ascribed one.
    pub ty: Option<ComponentTypeRef>,
}

/// Something that a component can import, export or pass on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    CoreModule(CoreModuleIndex),
    Func(FuncIndex),
    Value(ValueIndex),
    Type(TypeIndex),
    Instance(InstanceIndex),
    Component(ComponentIndex),
}

impl Item {
    pub(super) fn new(kind: ComponentExternalKind, index: u32) -> Item {
        match kind {
            ComponentExternalKind::Module => Item::CoreModule(CoreModuleIndex(index)),
            ComponentExternalKind::Func => Item::Func(FuncIndex(index)),
            ComponentExternalKind::Value => Item::Value(ValueIndex(index)),
            ComponentExternalKind::Type => Item::Type(TypeIndex(index)),
            ComponentExternalKind::Instance => Item::Instance(InstanceIndex(index)),
            ComponentExternalKind::Component => Item::Component(ComponentIndex(index)),
        }
    }
}

/// Something that a core module can import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoreItem {
    Func(CoreFuncIndex),
    Table(CoreTableIndex),
    Memory(CoreMemoryIndex),
    Global(CoreGlobalIndex),
    Tag(CoreTagIndex),
}

/// An item under another index (`Binary.md`, "Alias Definitions").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alias<'a> {
    /// An export of an instance.
    Export {
        instance: InstanceIndex,
        name: &'a str,
    },
    /// An export of a core instance.
    CoreExport {
        instance: CoreInstanceIndex,
        name: &'a str,
    },
    /// An item of an enclosing component.
    Outer {
        /// 0 is the component itself, 1 the one around it.
        count: u32,
        /// In the space of the item's own kind there.
        index: u32,
    },
}

/// A core instance.
#[derive(Clone, Debug)]
pub enum CoreInstance<'a> {
    Instantiate {
        module: CoreModuleIndex,
        /// The instance that supplies the imports of each module name.
        args: Vec<(&'a str, CoreInstanceIndex)>,
    },
    FromExports(Vec<CoreExport<'a>>),
}

/// A named item of a core instance that is made from exports.
#[derive(Clone, Copy, Debug)]
pub struct CoreExport<'a> {
    pub name: &'a str,
    pub item: CoreItem,
}

/// A component instance.
#[derive(Clone, Debug)]
pub enum Instance<'a> {
    Instantiate {
        component: ComponentIndex,
        args: Vec<(&'a str, Item)>,
    },
    FromExports(Vec<Export<'a>>),
}

/// A component start function.
#[derive(Clone, Debug)]
pub struct Start {
    pub func: FuncIndex,
    pub args: Vec<ValueIndex>,
    /// How many values it adds.
    pub results: u32,
}
