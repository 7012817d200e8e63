//! Which arguments say how bad a finding is?
//!
//! `-D`, `-W` and `-A`, in the order in which they were given.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use wct::diagnostic::Result;
use wct::validate::{Level, Levels};

/// Codes with their levels; the later ones count.
#[derive(Clone, Debug)]
pub struct Asked(Vec<(String, Level)>);

const OPTIONS: [(char, &str, Level, &str); 3] = [
    (
        'D',
        "deny-code",
        Level::Deny,
        "Take this code, or all `warnings`, for errors",
    ),
    ('W', "warn-code", Level::Warn, "Take them for warnings"),
    ('A', "allow-code", Level::Allow, "Leave them out"),
];

impl Asked {
    /// Fails on a code that does not exist.
    pub fn read(&self) -> Result<Levels> {
        let mut levels = Levels::default();
        for (code, level) in &self.0 {
            levels.set(code, *level)?;
        }
        Ok(levels)
    }
}

impl FromArgMatches for Asked {
    fn from_arg_matches(matches: &ArgMatches) -> clap::error::Result<Self> {
        let given = OPTIONS.iter().flat_map(|(_, id, level, _)| {
            let places = matches.indices_of(id).into_iter().flatten();
            let codes = matches.get_many::<String>(id).into_iter().flatten();
            places
                .zip(codes)
                .map(|(place, code)| (place, code.clone(), *level))
        });
        let mut given: Vec<_> = given.collect();
        given.sort_by_key(|(place, ..)| *place);
        let codes = given.into_iter().map(|(_, code, level)| (code, level));
        Ok(Asked(codes.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> clap::error::Result<()> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Asked {
    fn augment_args(command: Command) -> Command {
        command.args(OPTIONS.map(|(short, id, _, help)| {
            let option = Arg::new(id).short(short).value_name("CODE").help(help);
            option.action(ArgAction::Append)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
