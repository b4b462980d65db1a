//! What somebody builds who has progenitor's client of the document that the `leadway` crate is made from.
#![forbid(unsafe_code)]

#[tokio::main]
async fn main() {
    println!("{:?}", progenitor_leadway::Client::new("https://services.leadconnectorhq.com"));
}
