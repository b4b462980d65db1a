//! What an operation does, what a repeat of it does, and whose token it takes.

use crate::{
    diagnostic::Diagnostic,
    load::{Document, Operation},
    model::{Effect, Token},
};

pub fn check(document: &Document, operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let node = operation.node;
    let at = |key: &str| format!("{}{key}", operation.pointer());
    let reads_by_method = ["GET", "HEAD"].contains(&operation.method);
    let effect = match node["x-effect"].as_str().map(Effect::of) {
        Some(Some(effect)) => effect,
        Some(None) => {
            let words = Effect::WORDS.map(|(word, _)| word).join(", ");
            return findings.push(document.diagnostic(&at("/x-effect"), "this is not an effect", format!("write one of {words}")));
        }
        None => {
            let help = "write `x-effect: reads`, or changes, deletes or reaches-a-person";
            findings.push(document.work(&at(""), "nothing says what this operation does", help));
            Effect::of_method(operation.method)
        }
    };
    if node["x-token"].as_str().is_some_and(|token| Token::of(token).is_none()) {
        let words = Token::WORDS.map(|(word, _)| word).join(", ");
        findings.push(document.diagnostic(&at("/x-token"), "this is no kind of token", format!("write one of {words}, or leave it out")));
    }
    if node["x-guess"] == true && !operation.is_official() {
        let help = "look at what it does, correct `x-effect`, and remove `x-guess`";
        findings.push(document.work(&at("/x-guess"), "the effect is a guess of the import", help));
    }
    if operation.method == "DELETE" && effect == Effect::Reads {
        let help = "write deletes or changes: a reading operation is repeated whatever went wrong";
        findings.push(document.diagnostic(&at("/x-effect"), "a DELETE that only reads", help));
    }
    if reads_by_method && effect == Effect::Deletes {
        findings.push(document.work(&at("/x-effect"), "a GET that deletes", "correct the method or the effect"));
    }
    let repeat = node["x-repeat"].as_str();
    match repeat {
        None if reads_by_method && effect != Effect::Reads => {
            let message = format!("a {} that does more than read does not say what a repeat does", operation.method);
            findings.push(document.work(&at("/x-effect"), message, "write `x-repeat: twice`, or `same` where a repeat does nothing more"));
        }
        None if effect == Effect::ReachesAPerson && !["POST", "PATCH"].contains(&operation.method) => {
            let message = format!("a {} that reaches a person does not say what a repeat does", operation.method);
            findings.push(document.work(&at("/x-effect"), message, "write `x-repeat: twice`, or `same` where nobody notices a repeat"));
        }
        Some("same") if effect == Effect::Reads => {
            findings.push(document.work(&at("/x-repeat"), "what only reads is the same when it is repeated", "leave `x-repeat` out"));
        }
        Some("same") if effect == Effect::ReachesAPerson && ["POST", "PATCH"].contains(&operation.method) => {
            let message = format!("a {} that reaches a person is called the same when it is repeated", operation.method);
            findings.push(document.diagnostic(&at("/x-repeat"), message, "leave `x-repeat` out: nobody is written to twice"));
        }
        None | Some("same" | "twice") => {}
        Some(_) => findings.push(document.diagnostic(&at("/x-repeat"), "this does not say what a repeat does", "write `same` or `twice`")),
    }
}
