//! What pages are made of: a composition of four guests, and a component of more than 10 MB.

use wasm_encoder::{
    CodeSection, Component, DataSection, Function, FunctionSection, Module, ModuleSection, NameMap,
    NameSection, TypeSection,
};
use wct::progress::Silent;

use super::binaries::guests;
use super::real::composed;

/// A root, two that it needs, and one that all three need.
pub fn four() -> Vec<u8> {
    let names = ["office", "cashier", "clerk", "bank"];
    let parts = names.map(|name| {
        let core = guests::rust(name, "wasm32-unknown-unknown");
        let wrapped = wct::new::wrap(name, &core, &Default::default(), &Silent);
        (name, wrapped.expect("a guest can be wrapped").0)
    });
    composed(&parts).expect("they fit together")
}

/// How many functions the large component has.
const FUNCTIONS: u32 = 6_000;

/// The name of a function that is one of the smaller ones, but told one by one.
pub const SMALL: &str = "crate_0::module_0::function_4000";

/// Few large functions and many small ones, with names, and data.
pub fn large() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let (mut names, mut data) = (NameMap::new(), DataSection::new());
    for at in 0..FUNCTIONS {
        functions.function(0);
        let mut body = Function::new([]);
        let long = 200_000 / (at + 1) + 150;
        for number in 0..long {
            let mut sink = body.instructions();
            sink.i32_const(number as i32).drop();
        }
        body.instructions().end();
        code.function(&body);
        names.append(
            at,
            &format!("crate_{}::module_{}::function_{at}", at % 40, at % 8),
        );
    }
    for at in 0..500u32 {
        data.passive(vec![at as u8; 400_000 / (at as usize + 1)]);
    }
    let mut said = NameSection::new();
    said.functions(&names);
    let mut module = Module::new();
    module.section(&types).section(&functions);
    module.section(&wasm_encoder::DataCountSection { count: 500 });
    module.section(&code).section(&data).section(&said);
    let mut component = Component::new();
    component.section(&ModuleSection(&module));
    let large = component.finish();
    assert!(large.len() > 10 << 20, "{} bytes", large.len());
    large
}
