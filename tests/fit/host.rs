//! What does a host with exactly one world do with a component?

use wasmtime::component::{
    Component, ComponentType, Func, Lift, Linker, LinkerInstance, Lower, Resource, ResourceType,
};
use wasmtime::{AsContext, Engine, Result, Store, StoreContextMut};

use super::Line;

/// Defines a table of types by name: what has to be defined in WIT, the WIT, and the Rust.
macro_rules! types {
    ($($name:literal: $definitions:literal $wit:literal = ($($param:ty),*) -> ($($result:ty)?);)*) => {
        /// By name: definitions in WIT, and the type of a function.
        pub const TYPES: &[(&str, &str, &str)] = &[
            $(($name, $definitions, $wit),)*
            ("resource", "resource r { get: func() -> u32; }\n", ""),
            ("other-resource", "resource r { get: func() -> u64; }\n", ""),
            ("type", "record t { x: u32 }\n", ""),
            ("other-type", "record t { y: u32 }\n", ""),
        ];

        fn define(linker: &mut LinkerInstance<'_, ()>, name: &str, ty: &str) -> Result<()> {
            match ty {
                $($name => linker.func_wrap(
                    name,
                    |_: StoreContextMut<'_, ()>, _: ($($param,)*)| -> Result<($($result,)?)> {
                        Err(wasmtime::Error::msg("nobody calls it"))
                    },
                ),)*
                "resource" => resource::<u32>(linker, name),
                "other-resource" => resource::<u64>(linker, name),
                "type" | "other-type" => Ok(()),
                _ => panic!("no type is called {ty}"),
            }
        }

        fn is_of_type(func: Func, store: impl AsContext, ty: &str) -> Result<()> {
            match ty {
                $($name => func.typed::<($($param,)*), ($($result,)?)>(store).map(drop),)*
                _ => panic!("no type is called {ty}"),
            }
        }
    };
}

types! {
    "none": "" "func()" = () -> ();
    "u32": "" "func(x: u32) -> u32" = (u32) -> (u32);
    "u64": "" "func(x: u64) -> u32" = (u64) -> (u32);
    "result-u64": "" "func(x: u32) -> u64" = (u32) -> (u64);
    "no-result": "" "func(x: u32)" = (u32) -> ();
    "s32": "" "func(x: s32) -> u32" = (i32) -> (u32);
    "text": "" "func(x: string) -> string" = (String) -> (String);
    "bytes": "" "func(x: list<u8>) -> string" = (Vec<u8>) -> (String);
    "texts": "" "func(x: list<string>)" = (Vec<String>) -> ();
    "option": "" "func(x: option<u32>) -> u32" = (Option<u32>) -> (u32);
    "tuple": "" "func(x: tuple<u32, string>)" = ((u32, String)) -> ();
    "two": "" "func(x: u32, y: u32) -> u32" = (u32, u32) -> (u32);
    "result": "" "func() -> result<u32, string>" = () -> (std::result::Result<u32, String>);
    "error": "" "func() -> result<u32, u32>" = () -> (std::result::Result<u32, u32>);
    "char": "" "func(x: char)" = (char) -> ();
    "float": "" "func(x: f64)" = (f64) -> ();
}

/// A resource `name` with the method `get`.
fn resource<T: Lower + Lift + ComponentType + Send + Sync + 'static>(
    linker: &mut LinkerInstance<'_, ()>,
    name: &str,
) -> Result<()> {
    struct Held;
    linker.resource(name, ResourceType::host::<Held>(), |_, _| Ok(()))?;
    linker.func_wrap(
        &format!("[method]{name}.get"),
        |_: StoreContextMut<'_, ()>, _: (Resource<Held>,)| -> Result<(T,)> {
            Err(wasmtime::Error::msg("nobody calls it"))
        },
    )
}

/// Wasmtime.
#[derive(Default)]
pub struct Host {
    engine: Engine,
}

impl Host {
    pub fn compile(&self, wasm: &[u8]) -> Component {
        Component::new(&self.engine, wasm).expect("it is valid")
    }

    /// Instantiates the component with what the world imports alone, and looks up all that it
    /// exports.
    pub fn takes(&self, component: &Component, world: &[Line]) -> Result<()> {
        let mut linker = Linker::<()>::new(&self.engine);
        for line in world.iter().filter(|line| line.is_import) {
            let mut root = linker.root();
            if !line.is_interface() {
                define(&mut root, &line.name, &line.functions[0].1)?;
                continue;
            }
            let mut instance = root.instance(&line.full())?;
            for (name, ty) in &line.functions {
                define(&mut instance, name, ty)?;
            }
        }
        let mut store = Store::new(&self.engine, ());
        let instance = linker.instantiate(&mut store, component)?;
        for line in world.iter().filter(|line| !line.is_import) {
            let outer = match line.is_interface() {
                true => Some(found(component.get_export_index(None, line.full()))?),
                false => None,
            };
            for (name, ty) in &line.functions {
                let index = found(component.get_export_index(outer.as_ref(), name))?;
                let func = found(instance.get_func(&mut store, index))?;
                is_of_type(func, &store, ty)?;
            }
        }
        Ok(())
    }
}

fn found<T>(export: Option<T>) -> Result<T> {
    export.ok_or_else(|| wasmtime::Error::msg("an export is missing"))
}
