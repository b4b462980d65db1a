//! A spec of many operations is read in time that grows with it.

use std::time::Instant;

use reachout_codegen::lint;

use super::{GOOD, PATH, before, operation};
use crate::bad_specs::workspace;

/// The good spec with this many operations more, each with a response of its own.
fn spec(operations: usize) -> String {
    let paths: Vec<String> = (0..operations)
        .map(|index| {
            let content = format!(
                "          content:
            application/json:
              schema: {{ $ref: \"#/components/schemas/Thing{index}\" }}
              example: {{ id: a, name: b, status: sent, tags: [a, b], parent: {{ id: c }} }}"
            );
            operation(&format!("/things{index}/{{id}}"), "get", &format!("get_thing{index}"), "")
                .replace("2XX: { description: Done. }", &format!("2XX:\n          description: Done.\n{content}"))
        })
        .collect();
    let schemas: Vec<String> = (0..operations)
        .map(|index| {
            format!(
                "    Thing{index}:
      type: object
      description: A thing.
      required: [id]
      properties:
        id: {{ type: string, description: An id. }}
        name: {{ type: string, nullable: true, description: A name. }}
        status: {{ $ref: \"#/components/schemas/Status\" }}
        tags: {{ type: array, nullable: true, description: Tags., items: {{ type: string }} }}
        parent: {{ type: object, nullable: true, description: Where it belongs., allOf: [{{ $ref: \"#/components/schemas/Thing{index}\" }}] }}"
            )
        })
        .collect();
    GOOD.replace(PATH, &before(PATH, &paths.join("\n"))).replace("    Status:\n", &format!("{}\n    Status:\n", schemas.join("\n")))
}

fn seconds(operations: usize) -> f64 {
    let root = workspace(&spec(operations));
    let (start, cpu) = (Instant::now(), on_cpu());
    lint(root.path(), &[]).unwrap();
    on_cpu().zip(cpu).map_or_else(|| start.elapsed().as_secs_f64(), |(after, before)| after - before)
}

/// How long this thread has run, where the system tells: other work on the machine does not count.
fn on_cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

#[test]
fn twice_the_operations_take_twice_the_time() {
    let (half, whole) = (seconds(1000), seconds(2000));
    println!("1,000 operations: {half:.2} s; 2,000: {whole:.2} s");
    assert!(whole < 3.0 * half + 0.5, "1,000 operations took {half:.2} s, 2,000 took {whole:.2} s");
    assert!(half < 10.0, "1,000 operations took {half:.2} s");
}
