//! Signatures made by other implementations: Python's `hmac` and `cryptography`, checked with OpenSSL.
//! The private keys were made for this file and sign nothing else.

/// The second in which the shared-secret vectors were signed.
pub const TIME: i64 = 1_708_770_600;

/// SendPilot's documented envelope, with bytes beyond ASCII.
pub const SENDPILOT_BODY: &str = r#"{"eventId":"evt_1708456789123_abc123def","eventType":"reply.received","timestamp":"2024-02-24T10:30:00.000Z","workspaceId":"ws_abc123xyz","data":{"leadId":"lead_abc123","reply":"Héllo 👋"}}"#;

/// Usable in both styles: the documented one takes it as text, Svix decodes what follows the prefix.
pub const SENDPILOT_SECRET: &str = "whsec_c2VuZHBpbG90LXRlc3Qtc2VjcmV0LTAwMQ==";

/// Usable in the documented style only.
pub const SENDPILOT_OLD_SECRET: &str = "an older secret, plain text";

/// `hmac.new(SENDPILOT_SECRET, b"1708770600." + body, sha256).hexdigest()`
pub const SENDPILOT_HEX: &str = "bccdf62c72cd96f4e725ff7c0828f5890b4ab599f85748f8f161e34c86499e70";

/// The same with `SENDPILOT_OLD_SECRET`.
pub const SENDPILOT_OLD_HEX: &str = "f2211163abbd638f9ebefe6b12203dc06a8f5a9b78869dc5260063eaab537279";

/// `svix-id` of the next.
pub const SENDPILOT_SVIX_ID: &str = "msg_2b1";

/// `b64encode(hmac.new(b64decode(SENDPILOT_SECRET[6:]), b"msg_2b1.1708770600." + body, sha256).digest())`
pub const SENDPILOT_SVIX_BASE64: &str = "TEFSJ842iixgpss+iFQngLGLrYxIMABGwmmzff12yE0=";

/// A HighLevel event with the delivery fields of the vendor's Webhook Authentication Guide.
pub const HIGHLEVEL_BODY: &str = r#"{"type":"InboundMessage","locationId":"kF4NJ5gzRyQF2gKFD34G","body":"Testing inbound","contactId":"3bN9f8LYJFG8F232XMUbfq","timestamp":"2025-01-28T14:35:00Z","webhookId":"abc123xyz"}"#;

/// `openssl genpkey -algorithm ed25519`, SPKI.
pub const ED25519_PUBLIC: &str = "MCowBQYDK2VwAyEAbyEqgZjPbNZruo4kRPRgzRGQtNe8kfb4gt7YV1+Qeug=";

/// PKCS#8 of the same.
pub const ED25519_PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEICmKrJH1QoFHBlVxx/fHnaNwfZ/5D0YzbSqoz54ipdae";

/// Over `HIGHLEVEL_BODY`.
pub const ED25519_SIGNATURE: &str = "F0be7AKDhmwT9zztDEmLPusFcECtUYrcYoNN8thD+hTuZI8yv88HOPmUOZIaEwCtzJlfTR1k8OPSDJuteRaTBQ==";

/// `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, SPKI.
pub const RSA_PUBLIC: &str = "\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnaFPNTPP+tyOhLMTv1JHAN00lTm0PF9HTj/o9oUiwSDkCiEOrqg/bl7XfI6LqFtpkg\
8t/yMhs0GVszxeBfbJgoh2DMLj9Pp4qegvf1YkKvgbGi5d6bu3f5syr82VCRGjXiIYXlzNr8JqnFzkSxZK3ojEBs0PADKqjvrfQb+RrZHqRGef\
B+WgBkG8PUz1UwAdbCjOsvbNXh/NJ5noVp0NF2jgExgulBH2xhmSJ/TeP/UBG4+u0u+VVckA0b+zRtWnFIvnyyft81ne1K6EinefEpnmwtboEX\
/0+qqyfpj/20FBagzNBBxp2b1SStHquZyZhmLwWI3ouQ4NDhWoq4+xmQIDAQAB";

/// PKCS#8 of the same.
pub const RSA_PRIVATE: &str = "\
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCdoU81M8/63I6EsxO/UkcA3TSVObQ8X0dOP+j2hSLBIOQKIQ6uqD9uXtd8jo\
uoW2mSDy3/IyGzQZWzPF4F9smCiHYMwuP0+nip6C9/ViQq+BsaLl3pu7d/mzKvzZUJEaNeIhheXM2vwmqcXORLFkreiMQGzQ8AMqqO+t9Bv5Gt\
kepEZ58H5aAGQbw9TPVTAB1sKM6y9s1eH80nmehWnQ0XaOATGC6UEfbGGZIn9N4/9QEbj67S75VVyQDRv7NG1acUi+fLJ+3zWd7UroSKd58Sme\
bC1ugRf/T6qrJ+mP/bQUFqDM0EHGnZvVJK0eq5nJmGYvBYjei5Dg0OFairj7GZAgMBAAECggEAAzmu0WWw4XiaZTv1gTTMAK6MbsPv+ViRCl7e\
2g6qYdwCmoDBNSDt1Yjug3n2gNboMgQQpeYVJvhmTLtyAfdIbOm0pULZtfrbIo14DYf76ut2dE3P7JJJ5gjzi64X0nT1HCrm4RhorR11f7zoi9\
V5Q1r2THYGuTm8+TqIIq2w+Gv2wrQKx86ryy/XNgPhvnF6WTIQB6LJS6u71QyLxE/18609bCbqHZW/T71T2r+nMeXg9BRHyX042OPe83n82LE9\
vSf8OqbV/9jTRiSxmlDES0sMU1V0voUorRKqt2BqWWFKC/SZcMU2omdK16b8xpOPYAwKiDdWHl75VHvLnY808QKBgQDNd0YOFzVHZrpbxUg3ep\
EQ8b68qlrSsJEY+iw7qbRM/SIg7y4K0zacKOt0X0kh0lyHDir27TXikURF0s6T++cbuU9zOGfEStMj8GNMHLjgVtX7DfCQx1CRUDFxA8f/saUX\
rgNkDDF+Pn8Z9NWBxk4+H2CovYlGzMGT3sVG6bPkyQKBgQDEZifuY4N/V5WK3i7kUVcAPwV7aMBNdoJHsF7ByIOAMcwqh/nDD0OjELV761jyOG\
x/Ho3eqW5Ilpe1SwUf8hKAEwkkhi02dQA38iU7G/FmbFwH7Qx4FRku05635SeK+wk1R9LUsCVWLSgm8gRnUMa8uY7qHN5ln78z7XEc5E7eUQKB\
gHv0w0zo73m+HhwTbzgZN7+TONE1rUmCwGbjNyBfh6kS5i4cXhilyEJ55WL1wXcoJC5Oe9kwztt7bEb7oSliRdFSAP6wPtoLkkoSUrWudlLR0J\
J/nGyb8p1YVhuqflRiZgldMCqBuLJDHgcY0F5Utwt/fp8Oie0uxnJhaX8YqzERAoGBALtwT73ZZb+cBFHTeOdYpfLLMt0z/QwxBWeL8PN6/d3U\
KOmSepFqOQAgy0QoOex6YznzHC0cgO9wIfvZTFvPuU5YXIpqMC5f/cRnKpc+NOaulirOVu8oG6+wMjOJ1XJz4bbjBFkOf6O+VyrMId3EntexNK\
9EvBA7JM1XWHPdhVPxAoGBALb3UbFQHF2UmfLN05WTOxAw2GyQ4xR1eYABXlapGfgRZh9CmyspfNExj3CmMq6jPvtEUKZJhtLwbXzUf2yWDeVA\
R/JtYSS7CEKniCq+gQpPe1pSumpu5OSUjRUwzNvVFN/a8LHpx8rGSXhgLL+zYDMTIxDVo/7/1aPjXNiwmdo5";

/// PKCS#1 v1.5 with SHA-256 over `HIGHLEVEL_BODY`.
pub const RSA_SIGNATURE: &str = "\
Q6Y9iCXreNL3Jk6ygYwkBPJ2jeFbosEL7fI7g7iYFwZ+zGgncocELZllevs4iv0Fg/LQpxfANEc116eYseFMwYZddhn1FEZmEJXb53K2oJdsYc\
yhrKlv1uH4CoYb1O+h9C2O7Kc+8zMTQ0mjg9JmE/F2sLkxgFtI4iVGsztzaAIdrNurWUcCYC4e+1/izlXoUWzL3HN/sf6RvVnjj2YN68GIN0uy\
E1GbbjFXLi4q7752NHrArNiXH9mGQAa/Okm8jToVsCarTrmNKv6nIiAhW45PPJnrGs9q0hBOPvBo6fEgnced0hIUD/7n7q/tmpIc8y7sIiLABw\
CI7JZT6hr4Sw==";

/// PSS with SHA-256 over `HIGHLEVEL_BODY`: genuine, and the wrong padding.
pub const RSA_PSS_SIGNATURE: &str = "\
GClBKqStbVVctLsmspnPz5iMeoBMvGGUsllm4Znw/X0magYvqqOd0Nu/dyVxkLG/uiy6H668+DvZeeGBmXaMXmE/bFR+IjoDDfsh83dKK+mfF1\
MgSMb4SfpDOTgb8CqilZYaJMpFLMtmswmHemAR5X23W/BQ28+2jEkWnZkPQ1UQBlR/02Nv/du9WB9d3A/7UZhPvfoqAIj66HbLmWfLAIbWz8w9\
POytw9dYUfoj+S/GYlBR9GwJ5IF29ZIuavHviWjULMM7tkqp3noL3kYgQFJT+AmTUdB9No1alEF4nCuoYltJ0WJL2no9445lNOtmVhNCw0JAEI\
mKqz3hSvhGvA==";

/// PKCS#1 v1.5 with SHA-1 over `HIGHLEVEL_BODY`: genuine, and the wrong digest.
pub const RSA_SHA1_SIGNATURE: &str = "\
X1b5ctY9trMI3ZvLu4FQUSNjYeh3p6JD43MCewluNVKuoUEHrY932yMnwpcRttcc3ISWe+6waW6vrbmuIYIeTc7RYOvQBigBDTIh+jW2BZ8npa\
fDnTsb/t/U9uNZyZx2QLklLRA1ma8E9uoWKjLX/aoUf9KPOagUO1Il5nE9rBBjXR7CQjEcuvFRpBrnFtAt70QRotAw7qXIq6z93Ed3pHbBDAva\
iO12atFYwBWfZevFM3CDb7vC91Uom+wtmTXXwqScKcNUeY7Unqw7iYgtCvId6X1HbklMnMdsfXE22tt19IKsvr3iZfFBkrkoEq9gqV/KX2zLfB\
4GgcE+9fPFyg==";

/// 1024 bits: too short to be trusted.
pub const RSA_1024_PUBLIC: &str = "\
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDVh3wFCtlLzt/ifHcy62ZnF8m7VHAfEwoGd9Mf1OYRx063prDxcFP2W0599LOAMlzYJhoJV/\
97QMbchGhpX9NJwlIenjUzGJLdGIS3UP2WNvKIVvHvWf8DXjEPfJ+0ofpItUde/+2UmO5nEDdDzIq7P3G5NfOSn2Mzu4hfvCaTtQIDAQAB";

/// By the key above, over `HIGHLEVEL_BODY`.
pub const RSA_1024_SIGNATURE: &str = "\
EpzJO3Kj/GwGO4V33HP+OJIecIkfmksjFbgujctfc/7n45a9HQEcgmjfayUbHnLoQfwD9wnaHeWC8nezeR8g/puTj/tMGR48doWwsGi5hHnOwc\
mhkXPuYaHt+Wny5moeO1RG4QDxvNXrVPySDCeMqh007B1bKGQ2X8GOKO34vNQ=";

/// A key of another kind.
pub const P256_PUBLIC: &str = "\
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErk+nHT+t9mDuGWc4XpCgplGV9iDDEKMkbJ8BFwf9TdPHm3vn1Pu+aavdG8QTNeoBTAiVcRCUOn\
CyC8167XxtOw==";

/// For `x-wl-signature`.
pub const HOOP_SECRET: &str = "hoop-secret-1";

/// `hmac.new(HOOP_SECRET, HIGHLEVEL_BODY, sha256).hexdigest()`
pub const HOOP_HEX: &str = "5030dda77119a46054d0c10d9509d79be63d07d51c50867d023c74bc3f291a2a";

/// The same in base64.
pub const HOOP_BASE64: &str = "UDDdp3EZpGBU0MENlQnXm+Y9B9UcUIZ9Ajx0vD8pGio=";
