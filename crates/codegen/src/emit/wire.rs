//! `tests/tests/wire/<vendor>.rs`: one test an operation, made from its examples.

use super::{Crate, example::Example};
use crate::model::{Api, Content, Operation};

/// The wire tests of a vendor.
pub fn write(api: &Api, of: &Crate<'_>) -> String {
    let tests: String =
        api.operations.iter().filter(|operation| operation.parts().is_empty()).map(|operation| test(of, operation)).collect();
    let types = if tests.contains("types::") { format!("use {}::types;\n", of.module) } else { String::new() };
    format!("{types}use reachout_tests::{{Outcome, Wire}};\n\n{tests}")
}

fn test(of: &Crate<'_>, operation: &Operation) -> String {
    let module = of.module;
    let example = Example { of, typed: false };
    let call = example.call(operation, |ty| format!("wire.request::<{}>()", of.ty(ty).replace("rt::", &format!("{module}::"))));
    let check = match operation.success.content {
        Content::Json(_) => "wire.decoded(&response.into_inner());",
        Content::Bytes => "wire.downloaded(response.into_inner()).await;",
        Content::Empty => "response.into_inner();",
    };
    let deprecated =
        if operation.deprecated { "#[expect(deprecated, reason = \"deprecated by the vendor, and still there\")]\n" } else { "" };
    format!(
        "{deprecated}#[tokio::test]\nasync fn {id}() -> Outcome {{\nlet wire = Wire::start(&{module}::VENDOR, {module}::OPENAPI, {id:?}).await;\n\
         let client: {module}::Client = wire.client({module}::Client::builder());\nlet response = client.{}(){call}.await?;\n{check}\nwire.assert();\nOk(())\n}}\n\n",
        operation.group,
        id = operation.id,
    )
}
