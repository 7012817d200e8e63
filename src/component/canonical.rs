//! What does a canonical definition adapt, and by which options?

use wasmparser::{CanonicalFunction, CanonicalOption};

use super::index::{CoreFuncIndex, CoreMemoryIndex, CoreTypeIndex, FuncIndex, TypeIndex};

/// A canonical definition (`CanonicalABI.md`).
#[derive(Clone, Debug)]
pub enum Canonical {
    /// A core function as a component function.
    Lift {
        core_func: CoreFuncIndex,
        ty: TypeIndex,
        options: Options,
    },
    /// A component function as a core function.
    Lower { func: FuncIndex, options: Options },
    /// A new handle for a representation.
    ResourceNew(TypeIndex),
    /// The end of a handle.
    ResourceDrop(TypeIndex),
    /// The representation behind a handle.
    ResourceRep(TypeIndex),
    /// Tasks, streams, futures, waitables, error contexts and threads.
    Builtin(CanonicalFunction),
}

/// Canonical options, each at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub string_encoding: Option<StringEncoding>,
    pub memory: Option<CoreMemoryIndex>,
    pub realloc: Option<CoreFuncIndex>,
    pub post_return: Option<CoreFuncIndex>,
    pub is_async: bool,
    pub callback: Option<CoreFuncIndex>,
    pub core_type: Option<CoreTypeIndex>,
    pub gc: bool,
}

/// How strings lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringEncoding {
    Utf8,
    Utf16,
    Latin1Utf16,
}

impl From<CanonicalFunction> for Canonical {
    fn from(function: CanonicalFunction) -> Self {
        match function {
            CanonicalFunction::Lift {
                core_func_index,
                type_index,
                options,
            } => Canonical::Lift {
                core_func: CoreFuncIndex(core_func_index),
                ty: TypeIndex(type_index),
                options: Options::new(&options),
            },
            CanonicalFunction::Lower {
                func_index,
                options,
            } => Canonical::Lower {
                func: FuncIndex(func_index),
                options: Options::new(&options),
            },
            CanonicalFunction::ResourceNew { resource } => {
                Canonical::ResourceNew(TypeIndex(resource))
            }
            CanonicalFunction::ResourceDrop { resource } => {
                Canonical::ResourceDrop(TypeIndex(resource))
            }
            CanonicalFunction::ResourceRep { resource } => {
                Canonical::ResourceRep(TypeIndex(resource))
            }
            other => Canonical::Builtin(other),
        }
    }
}

impl Options {
    fn new(options: &[CanonicalOption]) -> Options {
        let mut out = Options::default();
        for option in options {
            match *option {
                CanonicalOption::UTF8 => out.string_encoding = Some(StringEncoding::Utf8),
                CanonicalOption::UTF16 => out.string_encoding = Some(StringEncoding::Utf16),
                CanonicalOption::CompactUTF16 => {
                    out.string_encoding = Some(StringEncoding::Latin1Utf16);
                }
                CanonicalOption::Memory(index) => out.memory = Some(CoreMemoryIndex(index)),
                CanonicalOption::Realloc(index) => out.realloc = Some(CoreFuncIndex(index)),
                CanonicalOption::PostReturn(index) => out.post_return = Some(CoreFuncIndex(index)),
                CanonicalOption::Async => out.is_async = true,
                CanonicalOption::Callback(index) => out.callback = Some(CoreFuncIndex(index)),
                CanonicalOption::CoreType(index) => out.core_type = Some(CoreTypeIndex(index)),
                CanonicalOption::Gc => out.gc = true,
            }
        }
        out
    }
}
