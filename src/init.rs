//! What does a new project begin with?
//!
//! A small one in the language of choice that builds as it is, with a test and a workflow for CI.

mod templates;

use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use serde::Serialize;

use crate::build::programs::quoted;
use crate::diagnostic::{Diagnostic, Result};
use crate::files;

pub use templates::{Kind, TEMPLATES, Template, languages};

/// What to begin with.
#[derive(Clone, Debug)]
pub struct Options {
    pub lang: String,
    pub kind: Kind,
    /// The version of WASI, where there is a choice: `0.2`, `0.3`.
    pub wasi: Option<String>,
    /// That of the folder where none is given.
    pub name: Option<String>,
}

/// What was written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub folder: String,
    pub name: String,
    pub lang: String,
    pub kind: Kind,
    /// Relative to the folder.
    pub files: Vec<String>,
    /// Commands to type next.
    pub next: Vec<String>,
}

/// Writes a new project into a folder. Fails, before anything is written, where a file is there
/// already.
pub fn init(folder: &Path, options: &Options) -> Result<Report> {
    let template = find(options)?;
    let name = match &options.name {
        Some(name) => name.clone(),
        None => folder_name(folder),
    };
    let name = plain(&name);
    let files = template.files(&name);
    let taken: IndexSet<&Path> = files
        .iter()
        .filter_map(|(path, _)| taken(folder, Path::new(path)))
        .collect();
    if !taken.is_empty() {
        let shown = folder.display();
        let error = Diagnostic::error(
            "init/exists",
            format!("`{shown}` already holds what would be written"),
        );
        let error = taken.into_iter().fold(error, |error, path| {
            error.cause(format!("there is `{}`", path.display()))
        });
        return Err(error.help("name another folder, or move these files out of the way"));
    }
    for (path, text) in &files {
        let path = folder.join(path);
        files::make_folder(path.parent().unwrap_or(folder))?;
        files::write(&path, text.as_bytes())?;
    }
    let mut next = Vec::new();
    let shown = folder.display().to_string();
    if !matches!(shown.as_str(), "" | "." | "./") {
        next.push(format!("cd {}", quoted(&shown)));
    }
    next.extend(template.next.iter().map(ToString::to_string));
    next.push("wct build".to_string());
    Ok(Report {
        folder: shown,
        name,
        lang: template.lang.to_string(),
        kind: template.kind,
        files: files.into_iter().map(|(path, _)| path).collect(),
        next,
    })
}

/// What is in a folder where a file would be, or where a folder around it would be.
fn taken<'p>(folder: &Path, path: &'p Path) -> Option<&'p Path> {
    let is_in_the_way = |at: &&Path| match *at == path {
        true => folder.join(at).symlink_metadata().is_ok(),
        false => folder.join(at).exists() && !folder.join(at).is_dir(),
    };
    path.ancestors().find(is_in_the_way)
}

/// The template of these options. Fails with those there are.
fn find(options: &Options) -> Result<&'static Template> {
    let fits = |template: &&Template| {
        let wasi = options.wasi.as_deref();
        template.is_of(options) && wasi.is_none_or(|wasi| template.wasi == Some(wasi))
    };
    let found = TEMPLATES.iter().find(fits);
    found.ok_or_else(|| {
        let error = Diagnostic::invocation("init/no-template", misfit(options));
        let error = error.cause(choice(&options.lang));
        error.help("choose one that `wct init --list` shows")
    })
}

/// Which of the options no template has.
fn misfit(options: &Options) -> String {
    let (lang, kind) = (&options.lang, options.kind.name());
    match &options.wasi {
        _ if !languages().contains(&lang.as_str()) => format!("there is no language `{lang}`"),
        Some(wasi) if TEMPLATES.iter().any(|template| template.is_of(options)) => {
            format!("`--wasi {wasi}` is not for projects of kind `{kind}` in `{lang}`")
        }
        _ => format!("no project of kind `{kind}` can be begun in `{lang}`"),
    }
}

/// What there is in a language; which languages there are, where this is none.
fn choice(lang: &str) -> String {
    let templates = TEMPLATES.iter().filter(|template| template.lang == lang);
    let kinds: Vec<String> = templates.map(Template::shown).collect();
    if !kinds.is_empty() {
        return format!("in `{lang}` there are {}", kinds.join(", "));
    }
    let languages = languages().into_iter().map(|name| format!("`{name}`"));
    let languages: Vec<String> = languages.collect();
    format!("the languages are {}", languages.join(", "))
}

fn folder_name(folder: &Path) -> String {
    let absolute = folder
        .canonicalize()
        .unwrap_or_else(|_| PathBuf::from(folder));
    let name = absolute.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// A name that all languages take: small letters and digits, joined by `-`, a letter first.
fn plain(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|w| !w.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let name = words.join("-");
    match name.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => name,
        false if name.is_empty() => "app".to_string(),
        false => format!("app-{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_is_what_all_languages_take() {
        for (given, name) in [
            ("hello", "hello"),
            ("Hello World", "hello-world"),
            ("2nd_try", "app-2nd-try"),
            ("été", "t"),
            ("", "app"),
        ] {
            assert_eq!(plain(given), name);
        }
    }
}
