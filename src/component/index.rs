//! Which index space does this number count in?
//!
//! One type per index space of the component model (`Binary.md`, "Component Definitions"), so that
//! a core function's index cannot stand where a function's is meant.

use std::marker::PhantomData;

/// A number that indexes a space.
pub trait Index: Copy + Ord {
    fn new(raw: u32) -> Self;
    fn raw(self) -> u32;
}

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl Index for $name {
            fn new(raw: u32) -> Self {
                $name(raw)
            }

            fn raw(self) -> u32 {
                self.0
            }
        }
    )*};
}

index! {
    /// A core function.
    CoreFuncIndex,
    /// A core table.
    CoreTableIndex,
    /// A core memory.
    CoreMemoryIndex,
    /// A core global.
    CoreGlobalIndex,
    /// A core exception tag.
    CoreTagIndex,
    /// A core type.
    CoreTypeIndex,
    /// A core module.
    CoreModuleIndex,
    /// A core instance.
    CoreInstanceIndex,
    /// A component function.
    FuncIndex,
    /// A component value.
    ValueIndex,
    /// A component type.
    TypeIndex,
    /// A component.
    ComponentIndex,
    /// A component instance.
    InstanceIndex,
}

/// An index space: its items in the order of their indices.
#[derive(Clone, Debug)]
pub struct Space<I, T> {
    items: Vec<T>,
    index: PhantomData<fn(I)>,
}

impl<I, T> Default for Space<I, T> {
    fn default() -> Self {
        Space {
            items: Vec::new(),
            index: PhantomData,
        }
    }
}

impl<I: Index, T> Space<I, T> {
    /// `None` where the index leads nowhere: the component need not be valid.
    pub fn get(&self, index: I) -> Option<&T> {
        self.items.get(index.raw() as usize)
    }

    /// Adds an item and returns its index.
    pub fn push(&mut self, item: T) -> I {
        let index = I::new(self.items.len() as u32);
        self.items.push(item);
        index
    }

    /// Index and item, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> {
        let items = self.items.iter().enumerate();
        items.map(|(index, item)| (I::new(index as u32), item))
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
