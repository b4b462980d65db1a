//! The documents of the vendors, each parsed once in a process, when it is first needed.

use std::sync::OnceLock;

use reachout_document::Document;
use reachout_messenger::{Api, Vendor};

/// What is known of a vendor and its document; nothing where the vendor is not compiled in.
pub fn documented(vendor: Vendor) -> Option<(Api, &'static Document)> {
    static DOCUMENTS: [OnceLock<Document>; Vendor::ALL.len()] = [const { OnceLock::new() }; Vendor::ALL.len()];
    let place = Vendor::ALL.iter().position(|other| *other == vendor)?;
    let api = vendor.api()?;
    // The generator wrote it as JSON.
    Some((api, DOCUMENTS.get(place)?.get_or_init(|| Document::parse(api.openapi).unwrap_or_default())))
}
