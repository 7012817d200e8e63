//! Which binaries is an input made of?

use serde::Serialize;

use crate::component::{Component, Nested};
use crate::diagnostic::Result;
use crate::input;
use crate::module::{Custom, Module, id};

/// A module or component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Component,
    CoreModule,
}

/// A parsed input.
pub(crate) enum Root<'a> {
    Component(Box<Component<'a>>),
    Module(Module<'a>),
}

/// The input itself, or a binary nested in it.
pub(crate) struct Part<'r, 'a> {
    /// The nested definitions from the outermost inwards: `component 2`, `core module 0`.
    pub path: Vec<String>,
    pub body: Body<'r, 'a>,
    /// What the component around it calls it.
    given: Option<&'a str>,
}

#[derive(Clone, Copy)]
pub(crate) enum Body<'r, 'a> {
    Component(&'r Component<'a>),
    Module(&'r Module<'a>),
}

impl<'a> Root<'a> {
    pub fn parse(binary: &'a [u8]) -> Result<Root<'a>> {
        Ok(match input::kind(binary)? {
            input::Kind::Module => Root::Module(Module::parse(binary, 0..binary.len())?),
            _ => Root::Component(Box::new(Component::parse(binary)?)),
        })
    }

    pub fn kind(&self) -> Kind {
        match self {
            Root::Component(_) => Kind::Component,
            Root::Module(_) => Kind::CoreModule,
        }
    }

    /// All binaries in the order of the file, the outermost first.
    pub fn parts(&self) -> Vec<Part<'_, 'a>> {
        let mut found = Vec::new();
        let body = match self {
            Root::Component(component) => Body::Component(component),
            Root::Module(module) => Body::Module(module),
        };
        collect(body, Vec::new(), None, &mut found);
        found
    }
}

fn collect<'r, 'a>(
    body: Body<'r, 'a>,
    path: Vec<String>,
    given: Option<&'a str>,
    found: &mut Vec<Part<'r, 'a>>,
) {
    let at = found.len();
    found.push(Part { path, body, given });
    let Body::Component(component) = body else {
        return;
    };
    let names = component.names();
    let (mut modules, mut components) = (0, 0);
    for definition in &component.sections {
        let (step, given, nested) = match definition.nested {
            Some(Nested::CoreModule(index)) => {
                modules += 1;
                let module = component.core_module(index).map(Body::Module);
                let given = names.core_modules.get(&index).copied();
                (format!("core module {}", modules - 1), given, module)
            }
            Some(Nested::Component(index)) => {
                components += 1;
                let inner = component.component(index).map(Body::Component);
                let given = names.components.get(&index).copied();
                (format!("component {}", components - 1), given, inner)
            }
            None => continue,
        };
        if let Some(nested) = nested {
            let mut path = found[at].path.clone();
            path.push(step);
            collect(nested, path, given, found);
        }
    }
}

impl<'r, 'a> Part<'r, 'a> {
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::Component(_) => Kind::Component,
            Body::Module(_) => Kind::CoreModule,
        }
    }

    pub fn size(&self) -> u64 {
        let range = match self.body {
            Body::Component(component) => &component.range,
            Body::Module(module) => &module.range,
        };
        range.len() as u64
    }

    pub fn name(&self) -> Option<&'a str> {
        let own = match self.body {
            Body::Component(component) => component.names().component,
            Body::Module(module) => module.name(),
        };
        own.or(self.given)
    }

    pub fn customs(&self) -> Vec<Custom<'a>> {
        match self.body {
            Body::Component(component) => component.customs().collect(),
            Body::Module(module) => module.customs().collect(),
        }
    }
}

/// Where the bytes of a core module are. The parts add up to the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Weight {
    pub code: u64,
    pub data: u64,
    /// Names, debugging information and other custom sections.
    pub custom: u64,
    /// Types, imports, exports and all other sections, with the preamble.
    pub other: u64,
    pub total: u64,
}

/// Weighs a core module without reading its sections.
pub(super) fn weigh(module: &Module<'_>) -> Weight {
    let mut weight = Weight {
        total: module.range.len() as u64,
        ..Weight::default()
    };
    for section in &module.sections {
        let size = section.range.len() as u64;
        match section.id {
            id::CODE => weight.code += size,
            id::DATA => weight.data += size,
            id::CUSTOM => weight.custom += size,
            _ => {}
        }
    }
    weight.other = weight.total - weight.code - weight.data - weight.custom;
    weight
}
