use serde_json::{Value, json};

use super::*;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_777_633_200;

fn tokens() -> (Tokens, Sources) {
    let sources = Sources::manual(Timestamp(NOW * 1000));
    (Tokens::new(sources.clone(), SECRET), sources)
}

fn buyer() -> BuyerId {
    "buy_1".parse().unwrap()
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "buy_1", "typ": KIND, "iat": NOW, "nbf": NOW, "exp": NOW + 60})
}

/// Signed by the book, whatever the head says of it.
fn signed(head: &str, claims: &str, secret: &[u8]) -> String {
    let text = format!("{}.{}", BASE64.encode(head), BASE64.encode(claims));
    let key = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    let signature = key.chain_update(&text).finalize().into_bytes();
    format!("{text}.{}", BASE64.encode(signature))
}

fn whose(tokens: &Tokens, token: &str) -> Result<BuyerId, BadToken> {
    tokens.verify(token).map(|proof| proof.buyer)
}

#[test]
fn a_token_names_its_buyer_until_its_end() {
    let (tokens, sources) = tokens();
    let (token, end) = tokens.issue(&buyer()).unwrap();
    for _ in 0..2 {
        assert_eq!(whose(&tokens, &token), Ok(buyer()));
    }
    sources.advance_ms(end.since_ms(sources.now()) - 1);
    assert_eq!(whose(&tokens, &token), Ok(buyer()));
    sources.advance_ms(1);
    assert_eq!(whose(&tokens, &token), Err(BadToken::Expired));
    assert_eq!(whose(&Tokens::new(sources, SECRET), &token), Err(BadToken::Expired));
}

#[test]
fn a_changed_token_is_worth_nothing_even_when_the_original_is_remembered() {
    let (tokens, _) = tokens();
    let (token, _) = tokens.issue(&buyer()).unwrap();
    tokens.verify(&token).unwrap();
    let (head, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let mut other = claims();
    other["sub"] = json!("buy_2");
    let payload = BASE64.encode(other.to_string());
    assert_eq!(whose(&tokens, &format!("{head}.{payload}.{signature}")), Err(BadToken::Invalid));
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(whose(&tokens, &changed), Err(BadToken::Invalid), "at {at}");
    }
}

/// As other libraries and other versions of this server wrote them.
#[test]
fn a_token_is_read_whatever_the_order_of_its_fields() {
    let (tokens, _) = tokens();
    for head in [HEAD, r#"{"alg":"HS256","typ":"JWT"}"#, r#"{ "alg" : "HS256", "kid":"7", "typ":"JWT" }"#] {
        assert_eq!(whose(&tokens, &signed(head, &claims().to_string(), SECRET)), Ok(buyer()), "{head}");
    }
    // Made by the library that signed before.
    let old = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.\
               eyJpc3MiOiJmYWlyaG9sZCIsImF1ZCI6ImZhaXJob2xkOmJ1eWVyIiwic3ViIjoiYnV5XzEiLCJ0eXAiOiJidXllciIsImlhdCI6MTc3NzYzMzIwMCwibmJmIjoxNzc3NjMzMjAwLCJleHAiOjE3Nzc2MzMyNjB9";
    let (head, claims) = old.split_once('.').unwrap();
    let text = |part: &str| String::from_utf8(BASE64.decode(part).unwrap()).unwrap();
    assert_eq!(whose(&tokens, &signed(&text(head), &text(claims), SECRET)), Ok(buyer()));
}

#[test]
fn a_head_that_is_not_ours_is_refused_though_it_is_signed() {
    let (tokens, _) = tokens();
    for head in [
        r#"{"typ":"JWT","alg":"none"}"#,
        r#"{"typ":"JWT","alg":"None"}"#,
        r#"{"typ":"JWT","alg":"NONE"}"#,
        r#"{"typ":"JWT","alg":"hs256"}"#,
        r#"{"typ":"JWT","alg":"HS384"}"#,
        r#"{"typ":"JWT","alg":"HS512"}"#,
        r#"{"typ":"JWT","alg":"RS256"}"#,
        r#"{"typ":"JWT","alg":"ES256"}"#,
        r#"{"typ":"JWT","alg":"PS256"}"#,
        r#"{"typ":"JWT","alg":"EdDSA"}"#,
        r#"{"typ":"JWT","alg":["HS256"]}"#,
        r#"{"typ":"JWT","alg":null}"#,
        r#"{"typ":"JWT","alg":""}"#,
        r#"{"typ":"JWT"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"typ":"jwt","alg":"HS256"}"#,
        r#"{"typ":"JWE","alg":"HS256"}"#,
        r#"{"typ":null,"alg":"HS256"}"#,
        r#"{"typ":"JWT","alg":"HS256","alg":"none"}"#,
        r#"{"typ":"JWT","alg":"HS256","crit":["exp"]}"#,
        r#"{"typ":"JWT","alg":"HS256","crit":[]}"#,
        r#"{"typ":"JWT","alg":"HS256","crit":["b64"],"b64":false}"#,
        r#"["HS256","JWT",null]"#,
        "null",
        "{}",
        "",
        "HS256",
    ] {
        let token = signed(head, &claims().to_string(), SECRET);
        assert_eq!(whose(&tokens, &token), Err(BadToken::Invalid), "{head}");
    }
}

#[test]
fn forged_tokens_are_refused() {
    let (tokens, _) = tokens();
    let good = signed(HEAD, &claims().to_string(), SECRET);
    assert_eq!(whose(&tokens, &good), Ok(buyer()), "the pattern is good");
    let payload = BASE64.encode(claims().to_string());
    let (signed_part, signature) = good.rsplit_once('.').unwrap();
    let head = |head: &str| BASE64.encode(head);
    let keyed = |secret: &[u8]| signed(HEAD, &claims().to_string(), secret);
    let forged = [
        keyed(b"another secret of thirty-two byte"),
        keyed(b""),
        keyed(&[0; 32]),
        keyed(&SECRET[..31]),
        format!("{}.{payload}.", head(r#"{"typ":"JWT","alg":"none"}"#)),
        format!("{}.{payload}.{signature}", head(r#"{"typ":"JWT","alg":"none"}"#)),
        format!("{}.{payload}.{signature}", head(r#"{"typ":"JWT","alg":"HS256","jwk":{"k":"AA"}}"#)),
        format!("{signed_part}."),
        format!("{signed_part}.{}", &signature[..signature.len() - 2]),
        format!("{signed_part}.{signature}=="),
        format!("{signed_part}.{signature}="),
        format!("{signed_part}={signature}"),
        format!("{good}.{signature}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}\0"),
        format!("{good}{}", "a".repeat(TOKEN_LEN_MAX)),
        signed_part.to_owned(),
        good.replace('.', ".."),
        "x.y.z".to_owned(),
        "..".to_owned(),
        ".".to_owned(),
        String::new(),
        "ü.ü.ü".to_owned(),
        "a".repeat(100_000),
    ];
    for token in forged {
        assert_eq!(whose(&tokens, &token), Err(BadToken::Invalid), "{token:.200}");
    }
}

#[test]
fn every_claim_counts() {
    let (tokens, _) = tokens();
    for (claim, value) in [
        ("iss", json!("somebody")),
        ("aud", json!("somewhere")),
        ("aud", json!([AUDIENCE])),
        ("typ", json!("refresh")),
        ("sub", json!("turned \u{202e}about")),
        ("sub", json!(7)),
        ("nbf", json!(NOW + 120)),
        ("nbf", json!("now")),
        ("iat", json!(1.5)),
        ("exp", json!("later")),
        ("exp", json!(1e300)),
    ] {
        for wrong in [value, Value::Null, json!([]), json!({}), json!("x".repeat(600))] {
            let mut claims = claims();
            claims[claim] = wrong;
            let token = signed(HEAD, &claims.to_string(), SECRET);
            assert_eq!(whose(&tokens, &token), Err(BadToken::Invalid), "{claim}");
        }
        let mut without = claims();
        without.as_object_mut().unwrap().remove(claim);
        let token = signed(HEAD, &without.to_string(), SECRET);
        assert_eq!(whose(&tokens, &token), Err(BadToken::Invalid), "{claim}");
    }
    let twice = claims().to_string().replacen('{', r#"{"sub":"buy_2","#, 1);
    let list = format!(r#"["{ISSUER}","{AUDIENCE}","buy_1","{KIND}",{NOW},{NOW},{}]"#, NOW + 60);
    for payload in [twice.as_str(), &list, "null", "[]", ""] {
        let token = signed(HEAD, payload, SECRET);
        assert_eq!(whose(&tokens, &token), Err(BadToken::Invalid), "{payload}");
    }
    let mut endless = claims();
    endless["exp"] = json!(i64::MAX);
    assert_eq!(whose(&tokens, &signed(HEAD, &endless.to_string(), SECRET)), Ok(buyer()), "no overflow");
}
