//! The client type: construction and the ways around the operations.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Auth, Vendor};

pub fn write(vendor: &Vendor) -> TokenStream {
    let Vendor { name, id, description, env, credential_env, base_url, .. } = vendor;
    let auth = match &vendor.auth {
        Auth::Bearer => quote!(Auth::Bearer),
        Auth::Header(header) => quote!(Auth::Header(#header)),
    };
    let rate_limit = match vendor.rate_limit {
        Some((requests, seconds)) => {
            let requests = syn::LitInt::new(&requests.to_string(), proc_macro2::Span::call_site());
            let seconds = syn::LitInt::new(&seconds.to_string(), proc_macro2::Span::call_site());
            quote!(Some(RateLimit::new(#requests, Duration::from_secs(#seconds))))
        }
        None => quote!(None),
    };
    let [code, message, request_id] = vendor.error.clone().map(|path| match path {
        Some(path) => quote!(Some(#path)),
        None => quote!(None),
    });
    let client_doc = format!("A client of {name}.\n\n{description}\n\nClones are cheap and share connections and the pacing budget.");
    let env_doc = format!(
        "A client whose credential comes from the environment variable `{credential_env}`, and whose base URL from `{env}_BASE_URL` where that is set.\n\n\
         # Errors\nOne sentence that names the variable, where it is missing or unusable."
    );
    let builder_doc = format!("Configures a client; the base URL is `{base_url}` unless set.");
    let vendor_doc = format!("What the runtime knows of {name}.");
    quote! {
        #[allow(unused_imports, reason = "not every vendor needs every name")]
        use std::time::Duration;

        #[allow(unused_imports, reason = "not every vendor needs every name")]
        use futures_core::Stream;
        #[allow(unused_imports, reason = "not every vendor needs every name")]
        use reachout_runtime::{
            Auth, ByteStream, CallOptions, ClientBuilder, Core, Error, ErrorShape, Evidence, Method, Pagination, RateLimit, Request, ResponseValue,
            Route, Vendor, multipart, pagination,
        };

        #[doc = #vendor_doc]
        pub static VENDOR: Vendor = Vendor {
            id: #id,
            name: #name,
            version: env!("CARGO_PKG_VERSION"),
            base_url: #base_url,
            env: #env,
            credential_env: #credential_env,
            auth: #auth,
            rate_limit: #rate_limit,
            error: ErrorShape { code: #code, message: #message, request_id: #request_id },
            routes: &ROUTES,
        };

        #[doc = #client_doc]
        #[derive(Clone, Debug)]
        pub struct Client {
            core: Core,
        }

        impl From<Core> for Client {
            fn from(core: Core) -> Self {
                Self { core }
            }
        }

        impl Client {
            #[doc = #env_doc]
            pub fn from_env() -> Result<Self, Error> {
                Self::builder().from_env()?.build()
            }

            #[doc = #builder_doc]
            pub fn builder() -> ClientBuilder<Self> {
                ClientBuilder::new(&VENDOR)
            }

            /// The same client with other options for the calls made through it.
            pub fn with(&self, options: CallOptions) -> Self {
                Self { core: self.core.with(options) }
            }

            /// A call that this crate has no method for, with the same authentication, pacing, retry and errors; `path` is relative to the base URL.
            pub fn request(&self, method: Method, path: &str) -> Request<'_> {
                self.core.request(method, path)
            }
        }
    }
}
