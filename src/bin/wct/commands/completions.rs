//! `wct completions`: what makes a shell complete the arguments?

use std::io::{self, Write};

use clap::{Arg, ArgGroup, Command, ValueHint};
use clap_complete::Shell;
use serde::Serialize;

use wct::diagnostic::Result;
use wct::progress::Progress;

use super::Run;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  mkdir -p ~/.local/share/bash-completion/completions ~/.zfunc ~/.config/fish/completions
  wct completions bash > ~/.local/share/bash-completion/completions/wct
  wct completions zsh > ~/.zfunc/_wct    # and `fpath+=~/.zfunc` before `compinit` in ~/.zshrc
  wct completions fish > ~/.config/fish/completions/wct.fish";

/// Print what makes a shell complete the arguments of wct
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Which shell reads it
    #[arg(value_enum)]
    shell: Shell,
}

/// The script for one shell.
#[derive(Serialize)]
pub struct Report {
    shell: String,
    script: String,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _progress: &dyn Progress) -> Result<Report> {
        let mut definition = super::definition().mut_subcommands(|command| shown(&command));
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut definition, "wct", &mut script);
        let mut script = String::from_utf8_lossy(&script).into_owned();
        if self.shell == Shell::Fish {
            script.push_str(&rest_for_fish(&definition));
        }
        Ok(Report {
            shell: self.shell.to_string(),
            script,
        })
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(report.script.as_bytes())
    }
}

/// A command with those arguments alone that its help shows: generators know of no others.
fn shown(command: &Command) -> Command {
    let arguments = command.get_arguments().filter(|one| !one.is_hide_set());
    let arguments: Vec<Arg> = arguments.cloned().map(hinted).collect();
    let groups = command.get_groups().map(|group| {
        let members = group.get_args();
        let members = members.filter(|id| arguments.iter().any(|one| one.get_id() == *id));
        ArgGroup::new(group.get_id()).args(members)
    });
    Command::new(command.get_name().to_string())
        .about(command.get_about().cloned().unwrap_or_default())
        .groups(groups.collect::<Vec<_>>())
        .args(arguments)
}

/// What its value stands for: where no file belongs, a shell offers none.
fn hinted(argument: Arg) -> Arg {
    let names = argument.get_value_names().unwrap_or_default();
    let holds_path = |name: &str| ["FILE", "WIT"].iter().any(|path| name.contains(path));
    let is_known = !argument.get_action().takes_values()
        || !argument.get_possible_values().is_empty()
        || argument.get_value_hint() != ValueHint::Unknown;
    match is_known || names.iter().any(|name| holds_path(name)) {
        true => argument,
        false => argument.value_hint(ValueHint::Other),
    }
}

/// What the script for fish lacks: the words of arguments that are no options, and of options
/// before the command, whose value its conditions do not wait for.
fn rest_for_fish(definition: &Command) -> String {
    let mut rest = String::new();
    for option in definition.get_opts() {
        let name = option.get_long().unwrap_or_default();
        let words = values(option).join(" ");
        rest.push_str(&format!("complete -c wct -l {name} -r -f -a \"{words}\"\n"));
    }
    for command in definition.get_subcommands() {
        let (name, mut words) = (command.get_name(), Vec::new());
        words.extend(command.get_subcommands().map(|one| one.get_name().into()));
        words.extend(command.get_positionals().flat_map(values));
        if words.is_empty() && command.get_positionals().next().is_some() {
            continue;
        }
        let (condition, words) = ("__fish_wct_using_subcommand", words.join(" "));
        rest.push_str(&format!(
            "complete -c wct -n \"{condition} {name}\" -f -a \"{words}\"\n"
        ));
    }
    rest
}

/// The words that an argument takes, where they are fixed.
fn values(argument: &Arg) -> Vec<String> {
    let values = argument.get_possible_values();
    values.iter().map(|one| one.get_name().into()).collect()
}
