//! What can a host see of a module or a component?
//!
//! What its functions give and log, which traps they end in, and what they leave behind.

use wasmtime::{Config, Engine, Linker, OptLevel, Store, Trap, Val, component};

use crate::mutate::Numbers;

pub fn engine() -> Engine {
    let mut config = Config::new();
    config
        .cranelift_opt_level(OptLevel::None)
        .wasm_memory64(true)
        .wasm_multi_memory(true)
        .wasm_tail_call(true)
        .wasm_exceptions(true)
        .wasm_function_references(true)
        .wasm_gc(true)
        // Each seed makes several instances.
        .memory_reservation(1 << 20)
        .memory_guard_size(1 << 16);
    Engine::new(&config).expect("the configuration is possible")
}

/// Which trap a bad indirect call reports is not promised.
fn ending(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<Trap>() {
        Some(Trap::IndirectCallToNull | Trap::BadSignature) => "a bad indirect call".to_string(),
        Some(trap) => format!("{trap:?}"),
        None => "no instance, or an exception".to_string(),
    }
}

/// A number that may be at the edge of something; nothing for references that must not be null.
fn argument(ty: &wasmtime::ValType, numbers: &mut Numbers) -> Option<Val> {
    const ODD: [i64; 10] = [
        0,
        1,
        -1,
        3,
        7,
        255,
        65_533,
        i32::MIN as i64,
        i32::MAX as i64,
        i64::MIN,
    ];
    let number = ODD[numbers.below(ODD.len())];
    Some(match ty {
        wasmtime::ValType::I32 => Val::I32(number as i32),
        wasmtime::ValType::I64 => Val::I64(number),
        wasmtime::ValType::F32 => Val::F32((number as f32).to_bits()),
        wasmtime::ValType::F64 => Val::F64((number as f64).to_bits()),
        other => Val::default_for_ty(other)?,
    })
}

/// All that a host can see of a module.
pub fn module(engine: &Engine, bytes: &[u8]) -> Vec<String> {
    let module = wasmtime::Module::new(engine, bytes).expect("it compiles");
    let mut store = Store::new(engine, Vec::new());
    let mut linker = Linker::new(engine);
    let log = |mut caller: wasmtime::Caller<'_, Vec<u32>>, number: u32| {
        caller.data_mut().push(number);
    };
    linker
        .func_wrap("h", "log", log)
        .expect("it is the only one");
    let mut seen = Vec::new();
    match linker.instantiate(&mut store, &module) {
        Ok(instance) => {
            let names: Vec<String> = module.exports().map(|e| e.name().to_string()).collect();
            let mut numbers = Numbers::new(1);
            for _ in 0..2 {
                for name in &names {
                    if let Some(func) = instance.get_func(&mut store, name) {
                        seen.extend(called(&mut store, func, &mut numbers));
                    }
                }
            }
            for name in &names {
                seen.extend(left_behind(&mut store, &instance, name));
            }
        }
        Err(error) => seen.push(ending(&error)),
    }
    seen.push(format!("logged {:?}", store.data()));
    seen
}

fn called(
    store: &mut Store<Vec<u32>>,
    func: wasmtime::Func,
    numbers: &mut Numbers,
) -> Option<String> {
    let ty = func.ty(&mut *store);
    let args = ty.params().map(|ty| argument(&ty, numbers));
    let args: Vec<Val> = args.collect::<Option<_>>()?;
    let mut results = vec![Val::I32(0); ty.results().len()];
    Some(match func.call(&mut *store, &args, &mut results) {
        Ok(()) => results.iter().map(shown).collect(),
        Err(error) => ending(&error),
    })
}

/// What a memory, global or table holds in the end.
fn left_behind(
    store: &mut Store<Vec<u32>>,
    instance: &wasmtime::Instance,
    name: &str,
) -> Option<String> {
    if let Some(memory) = instance.get_memory(&mut *store, name) {
        let data = memory.data(&*store);
        let sum = data.iter().fold(0u64, |sum, byte| {
            sum.wrapping_mul(0x100_0000_01b3) ^ u64::from(*byte)
        });
        return Some(format!("{} bytes, {sum:x}", data.len()));
    }
    if let Some(global) = instance.get_global(&mut *store, name) {
        return Some(shown(&global.get(&mut *store)));
    }
    let table = instance.get_table(&mut *store, name)?;
    let slots = (0..table.size(&*store).min(100)).map(|at| {
        let slot = table.get(&mut *store, at);
        slot.is_some_and(|slot| !slot.is_null())
    });
    Some(format!("{:?}", slots.collect::<Vec<_>>()))
}

fn shown(value: &Val) -> String {
    match value {
        Val::FuncRef(func) => format!("function {}", func.is_some()),
        Val::ExternRef(found) => format!("extern {}", found.is_some()),
        Val::AnyRef(found) => format!("any {}", found.is_some()),
        Val::ExnRef(found) => format!("exception {}", found.is_some()),
        value => format!("{value:?}"),
    }
}

/// All that a host can see of a component.
pub fn component(engine: &Engine, bytes: &[u8]) -> Vec<String> {
    let found = component::Component::new(engine, bytes).expect("it compiles");
    let names: Vec<String> = {
        let ty = found.component_type();
        ty.exports(engine)
            .map(|(name, _)| name.to_string())
            .collect()
    };
    // All calls in one instance see what those before left behind; after a trap an instance cannot
    // be entered again, so each call has one of its own, too.
    let mut seen = calls(engine, &found, &names, "1");
    for name in &names {
        for number in ["0", "65533"] {
            seen.extend(calls(engine, &found, std::slice::from_ref(name), number));
        }
    }
    seen
}

/// What these functions give, one after the other, until one traps.
fn calls(
    engine: &Engine,
    component: &component::Component,
    names: &[String],
    number: &str,
) -> Vec<String> {
    let mut store = Store::new(engine, Vec::new());
    let mut linker = component::Linker::new(engine);
    let log = |mut store: wasmtime::StoreContextMut<'_, Vec<u32>>, (number,): (u32,)| {
        store.data_mut().push(number);
        Ok(())
    };
    linker
        .root()
        .func_wrap("log", log)
        .expect("it is the only one");
    let instance = match linker.instantiate(&mut store, component) {
        Ok(instance) => instance,
        Err(error) => return vec![ending(&error), format!("logged {:?}", store.data())],
    };
    let mut seen = Vec::new();
    for name in names {
        let func = instance.get_func(&mut store, name).expect("it is exported");
        let params: Vec<_> = func.ty(&store).params().map(|(_, ty)| ty).collect();
        let args: Vec<component::Val> = params
            .iter()
            .map(|ty| component::Val::from_wave(ty, number).expect("a number"))
            .collect();
        let mut results = vec![component::Val::Bool(false); func.ty(&store).results().len()];
        match func.call(&mut store, &args, &mut results) {
            Ok(()) => seen.push(format!("{results:?}")),
            Err(error) => {
                seen.push(ending(&error));
                break;
            }
        }
    }
    seen.push(format!("logged {:?}", store.data()));
    seen
}
