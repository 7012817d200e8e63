//! What the command line adds to a plan does not disappear behind what the plan has.

use wct::compose::{File, Flags, Plan};

fn amended(plan: &str, flags: &Flags) -> Plan {
    let mut plan = Plan::parse("plan.toml", plan).expect("it is a plan");
    flags.amend(&mut plan).expect("the options can be read");
    plan
}

fn provider(path: &str) -> Flags {
    Flags {
        providers: vec![File::parse(path)],
        ..Flags::default()
    }
}

#[test]
fn a_file_named_like_an_instance_of_another_component_is_another_instance() {
    let plan = "root = 'app'
        [components]
        app.source = 'app.wasm'
        other.source = 'other.wasm'
        [instances.store]
        component = 'other'";
    let plan = amended(plan, &provider("store.wasm"));
    assert_eq!(plan.providers, ["store-2"]);
    let component = plan.component_of("store-2");
    assert_eq!(plan.components[component].source, "store.wasm");
    assert_eq!(plan.component_of("store"), "other");
}

#[test]
fn a_file_named_like_another_component_leaves_that_one_its_instance() {
    let plan = "root = 'app'
        [components]
        app.source = 'app.wasm'
        store.source = 'a/store.wasm'";
    let plan = amended(plan, &provider("b/store.wasm"));
    assert_eq!(plan.providers, ["store-2"]);
    assert_eq!(plan.component_of("store"), "store");
}

#[test]
fn a_wire_leads_from_the_longest_name_of_an_instance() {
    let plan = "root = 'a:b'
        [components]
        'a:b'.source = 'a.wasm'
        'c:d'.source = 'c.wasm'";
    let flags = Flags {
        wires: vec!["a:b:e:f/g=c:d".to_string(), "a:b:h=c:d:e:f/h".to_string()],
        exports: vec!["c:d:run".to_string()],
        ..Flags::default()
    };
    let plan = amended(plan, &flags);
    let args = &plan.instances["a:b"].args;
    let given = |name: &str| (args[name].instance.as_deref(), args[name].export.as_deref());
    assert_eq!(given("e:f/g"), (Some("c:d"), None));
    assert_eq!(given("h"), (Some("c:d"), Some("e:f/h")));
    assert_eq!(plan.exports[0].instance, "c:d");
}

#[test]
fn root_is_the_component_of_that_name_where_there_is_one() {
    let flags = |plan: &str| {
        let flags = Flags {
            wires: vec!["root:a=x".to_string()],
            exports: vec!["root:run".to_string()],
            ..Flags::default()
        };
        amended(plan, &flags)
    };
    let plan = flags("root = 'app'\n[components]\napp.source = 'a.wasm'\nroot.source = 'r.wasm'");
    assert_eq!(plan.exports[0].instance, "root");
    assert!(plan.instances.contains_key("root"));
    let plan = flags("root = 'app'\n[components]\napp.source = 'a.wasm'");
    assert_eq!(plan.exports[0].instance, "app");
}
