//! What have all pages in common?

use super::markup::escape;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A page that holds all it needs.
pub(super) struct Page<'p> {
    pub title: &'p str,
    /// One sentence about it; may be empty.
    pub lead: String,
    /// The most important: label and value.
    pub facts: Vec<(&'p str, String)>,
    /// Above the sections.
    pub tools: &'p str,
    /// Identifier, title and contents.
    pub sections: Vec<(&'p str, &'p str, String)>,
    /// What this kind of page does, besides what all do.
    pub script: &'p str,
}

impl Page<'_> {
    pub fn html(&self) -> String {
        let title = escape(self.title);
        let mut out = head(&title);
        out += &format!("<header><h1>{title}</h1>\n");
        if !self.lead.is_empty() {
            out += &format!("<p class=\"lead\">{}</p>\n", escape(&self.lead));
        }
        out += "<dl class=\"facts\">";
        for (label, value) in &self.facts {
            let value = escape(value);
            out += &format!("<div><dt>{label}</dt><dd>{value}</dd></div>");
        }
        out += "</dl>\n</header>\n<nav aria-label=\"Views\">";
        for (id, title, _) in &self.sections {
            out += &format!("<a href=\"#{id}\">{title}</a>");
        }
        out += "<button type=\"button\" id=\"theme\">Dark</button></nav>\n<main>\n";
        out += self.tools;
        for (id, title, body) in &self.sections {
            out += &format!(
                "<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>\n{body}</section>\n"
            );
        }
        let script = self.script;
        out += &format!("</main>\n<script>\n{SCRIPT}{script}</script>\n</body>\n</html>\n");
        out
    }
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )
}
