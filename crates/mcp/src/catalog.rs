//! The documents of the vendors.

use reachout_document::Document;
use reachout_messenger::{Api, Vendor};

/// What is known of a vendor and its document; nothing where the vendor is not compiled in.
pub fn documented(vendor: Vendor) -> Option<(Api, &'static Document)> {
    vendor.api().map(|api| (api, Document::embedded(api.openapi)))
}
