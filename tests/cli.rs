//! Every transcript in the project says the truth: the cases, the README and the docs.

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases.register_bin(
        "wct",
        trycmd::schema::Bin::Path(env!("CARGO_BIN_EXE_wct").into()),
    );
    cases.env("NO_COLOR", "1").env("COLUMNS", "100");
    match std::env::var("CASE") {
        // `CASE=new/heap` runs one.
        Ok(case) if !case.is_empty() => {
            let path = format!("tests/cmd/{case}.md");
            assert!(std::path::Path::new(&path).is_file(), "there is no {path}");
            cases.case(path)
        }
        _ => cases
            .case("tests/cmd/*/*.md")
            .case("README.md")
            .case("docs/*.md")
            .case("docs/*/*.md"),
    };
    // What a build without the feature says, and one with it.
    cases.skip(match cfg!(feature = "run") {
        true => "tests/cmd/shrink/check.md",
        false => "tests/cmd/shrink/endless.md",
    });
    cases.run();
}
