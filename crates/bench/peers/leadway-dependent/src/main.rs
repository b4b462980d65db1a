//! What somebody builds who calls one operation with the `leadway` crate.
#![forbid(unsafe_code)]

#[tokio::main]
async fn main() -> Result<(), leadway::Error> {
    let contacts = leadway::Client::from_env()?.contacts().list("x").await?;
    println!("{}", contacts.contacts.as_deref().map_or(0, <[_]>::len));
    Ok(())
}
