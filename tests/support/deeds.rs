//! What can real components be asked for, whoever made them?
//!
//! By the interface that they export. Two components do the same where all answers are equal.

use wasmtime::Result;

use super::calls::{self, Step};
use super::host::{LIMIT, Program};

/// Calls, in one instance, of the first interface whose name begins like this.
pub const DEEDS: &[(&str, &[Step<'_>])] = &[
    (
        "demo:documents/formatter@",
        &[
            (
                "format",
                &[
                    r#""[1, {\"a\": null}]""#,
                    "some({indent: 1, sort-keys: true})",
                ],
            ),
            ("summarize", &[r#""[1, {\"a\": null}]""#]),
            ("format", &[r#""[1,""#, "none"]),
        ],
    ),
    (
        "example:json-tools/formatter@",
        &[
            ("minify", &[r#""{\"b\": [1, {}], \"a\": null}""#]),
            ("minify", &[r#""[1,""#]),
            (
                "format",
                &[
                    r#""{\"b\": [1.5e3], \"a\": 2}""#,
                    "some({indent: 1, sort-keys: true})",
                ],
            ),
            ("format", &[r#""[\"\\u00e4\", true]""#, "none"]),
        ],
    ),
    (
        "example:calculator/math",
        &[
            ("add", &["1.5", "2"]),
            ("multiply", &["1e300", "1e300"]),
            ("compute-stats", &["[1, 2, 4]"]),
            ("compute-stats", &["[]"]),
        ],
    ),
    (
        "example:compress/gzip@",
        &[
            ("compress", &["[1, 1, 1, 1, 2]"]),
            ("decompress", &["$0"]),
            ("decompress", &["[1, 2, 3]"]),
        ],
    ),
    (
        "example:pipeline/run@",
        &[
            ("round-trip", &[r#""{\"a\": [1,2]}""#]),
            ("process", &[r#""{\"a\": [1,2]}""#]),
            ("round-trip", &[r#""{""#]),
        ],
    ),
    (
        "example:sqlite/database@",
        &[
            ("version", &[]),
            ("[constructor]connection", &[]),
            (
                QUERY,
                &[
                    "$1",
                    r#""create table t (n integer primary key, x text, y real)""#,
                ],
            ),
            (
                QUERY,
                &[
                    "$1",
                    r#""with recursive c(n) as (select 1 union all select n + 1 from c where n < 300)
                    insert into t select n, printf('%05d', n * n % 97), n / 7.0 from c""#,
                ],
            ),
            (
                QUERY,
                &[
                    "$1",
                    r#""select x, count(*), sum(y), max(n) from t group by x order by 2 desc, 1 limit 5""#,
                ],
            ),
            (
                QUERY,
                &[
                    "$1",
                    r#""select a.n, b.x from t a join t b on a.x = b.x and a.n < b.n where a.x like '%2' limit 7""#,
                ],
            ),
            (
                QUERY,
                &[
                    "$1",
                    r#""select json_extract('{\"a\": [1, 2]}', '$.a[1]'), upper('x'), abs(-2)""#,
                ],
            ),
            (
                QUERY,
                &[
                    "$1",
                    r#""select date('2024-02-28', '+2 days'), hex(zeroblob(3))""#,
                ],
            ),
            (QUERY, &["$1", r#""select nothing from nowhere""#]),
        ],
    ),
    (
        "example:kv/store@",
        &[
            ("[constructor]kv", &[r#""one""#]),
            ("[method]kv.set", &["$0", r#""a""#, "[1, 2]"]),
            ("[method]kv.set", &["$0", r#""b""#, "[3]"]),
            ("[method]kv.get", &["$0", r#""b""#]),
            ("[method]kv.get", &["$0", r#""c""#]),
            ("[method]kv.keys", &["$0"]),
            ("[constructor]kv", &[r#""two""#]),
            ("[method]kv.set", &["$6", r#""c""#, "[4]"]),
            ("[static]kv.merge", &["$0", "$6"]),
            ("[method]kv.keys", &["$0"]),
            ("open", &[r#""nothing""#]),
        ],
    ),
    (
        "example:kv-consumer/service@",
        &[("make", &[r#""shop""#]), ("count", &["$0"])],
    ),
    (
        "example:streams/source@",
        &[("next-chunk", &["3"]), ("next-chunk", &["0"])],
    ),
    (
        "example:streams/transform@",
        &[
            ("sum", &["[1, 2, 39]"]),
            ("sync-len", &[r#""four""#]),
            ("sum", &["[]"]),
        ],
    ),
];

const QUERY: &str = "[method]connection.query";

/// All that a component does: the calls that its exports know, and what it does as a command.
/// Fails where it does nothing.
pub fn done(wasm: &[u8]) -> Result<Vec<String>> {
    let program = Program::new(wasm, LIMIT)?;
    let component = wct::component::Component::parse(wasm).expect("it is a component");
    let mut seen = Vec::new();
    for export in &component.exports {
        let name = export.name.name;
        for (interface, steps) in DEEDS {
            if name.starts_with(interface) {
                seen.extend(calls::in_turn(&program, name, steps)?);
            }
        }
        if name.starts_with("example:streams/transform@") {
            let upper =
                calls::transform(&program, &format!("{name}#upper"), b"streams and futures");
            seen.push(match upper {
                Ok((bytes, count)) => format!("{bytes:?} {count}"),
                Err(error) => error.root_cause().to_string(),
            });
        }
    }
    if program.command_export().is_some() {
        for args in [&["command"][..], &["command", "argument", "@/nothing"]] {
            let outcome = program.run(args, None)?;
            // Backtraces tell functions by numbers.
            let exit = outcome
                .exit
                .map_err(|error| error.lines().last().map(str::to_string));
            seen.push(format!("{exit:?} {} {}", outcome.stdout, outcome.stderr));
        }
    }
    Ok(seen)
}
