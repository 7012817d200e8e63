//! Which arguments say what else an input has to be?

use std::path::{Path, PathBuf};

use clap::Args;

use wct::conform::World;
use wct::diagnostic::{Diagnostic, Result};
use wct::validate::{self, Budget, Fit, Found, Host, Pattern, Policy, Role, Rules};
use wct::{files, input, wit};

use super::levels;
use crate::args;

/// What is asked for beyond the specification.
#[derive(Args)]
#[command(next_help_heading = "Checks")]
pub struct Checks {
    /// Ask that components fit this world: `wit#app`
    #[arg(long, value_name = "WORLD")]
    world: Vec<String>,
    /// Ask that this host world has all they import
    #[arg(long, value_name = "WORLD")]
    host_world: Vec<String>,
    /// Ask that they can stand where this stood
    #[arg(long, value_name = "OLD")]
    against: Vec<PathBuf>,
    /// Take no other version; ask for unused types
    #[arg(long)]
    exact: bool,
    /// Refuse imports, as `a:b/*` or `a:b/c#get-*`
    #[arg(long, value_name = "PATTERN")]
    deny: Vec<String>,
    /// Refuse all imports but these
    #[arg(long, value_name = "PATTERN")]
    allow: Vec<String>,
    /// Take these from `[policy]` of a TOML file
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Take none from the project's `wct.toml`
    #[arg(long, conflicts_with = "policy")]
    no_policy: bool,
    /// Refuse larger files
    #[arg(long, value_name = "SIZE")]
    max_size: Option<String>,
    /// Likewise when compressed, as `zstd=1MiB`
    #[arg(long, value_name = "LIMIT")]
    max_compressed: Vec<String>,
    /// Refuse more imports
    #[arg(long, value_name = "COUNT")]
    max_imports: Option<u64>,
    /// Ask that this host runs them: wasmtime@48
    #[arg(long, value_name = "HOST")]
    host: Vec<String>,
    #[command(flatten)]
    levels: levels::Asked,
}

impl Checks {
    /// Reads what the arguments name, of WIT what these features gate.
    pub fn read(&self, features: &wit::Features) -> Result<validate::Checks> {
        let mut rules = Rules {
            policy: Policy {
                allow: patterns(&self.allow),
                deny: patterns(&self.deny),
            },
            budget: self.budget()?,
        };
        if let Some(path) = &self.policy {
            rules = rules.and(&read_policy(path)?);
        }
        Ok(validate::Checks {
            fits: self.fits(features)?,
            rules,
            hosts: self.hosts()?,
            levels: self.levels.read()?,
        })
    }

    /// The policies of the projects that these files are in, where none was named.
    pub fn found(&self, files: &[PathBuf]) -> Result<Found> {
        if self.no_policy || self.policy.is_some() {
            return Ok(Found::default());
        }
        Found::around(files)
    }

    fn fits(&self, features: &wit::Features) -> Result<Vec<Fit>> {
        let mut fits = Vec::new();
        for (worlds, role) in [(&self.world, Role::World), (&self.host_world, Role::Host)] {
            for world in worlds {
                fits.push(self.fit(role, args::read_world(world, features)?));
            }
        }
        for path in &self.against {
            fits.push(self.fit(Role::Old, old(path)?));
        }
        Ok(fits)
    }

    fn hosts(&self) -> Result<Vec<Host>> {
        self.host.iter().map(|host| Host::parse(host)).collect()
    }

    fn fit(&self, role: Role, world: World) -> Fit {
        Fit {
            role,
            world,
            exact: self.exact,
        }
    }

    fn budget(&self) -> Result<Budget> {
        let mut budget = Budget {
            size: self
                .max_size
                .as_deref()
                .map(validate::parse_size)
                .transpose()?,
            imports: self.max_imports,
            ..Budget::default()
        };
        for limit in &self.max_compressed {
            let Some((how, size)) = limit.split_once('=') else {
                return Err(Diagnostic::invocation(
                    "cli/unreadable-size",
                    format!("`{limit}` names no compression with its limit"),
                )
                .help("write it as `gzip=200KiB`"));
            };
            budget.set_compressed(how, validate::parse_size(size)?)?;
        }
        Ok(budget)
    }
}

fn patterns(texts: &[String]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::from(&**text)).collect()
}

fn read_policy(path: &Path) -> Result<Rules> {
    let bytes = files::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    validate::parse_policy(&path.display().to_string(), &text)
}

/// What the component at `path` imports and exports. Fails where it is not a valid one.
fn old(path: &Path) -> Result<World> {
    let name = path.display().to_string();
    let bytes = files::read(path)?;
    let binary = input::to_binary(&name, &bytes)?;
    if input::kind(&binary)? != input::Kind::Component {
        return Err(Diagnostic::error(
            "validate/not-a-component",
            format!("`{name}` is a core module, and only components can be compared"),
        )
        .help("name the component that is to be replaced"));
    }
    World::of_component(&name, binary.into_owned()).map_err(|error| error.in_file(&name))
}
