//! Shapes of JSON that is written elsewhere: the plan, the frames of the live stream, rules inside settings.
//! They are here for the descriptions alone; the tests hold every real answer against them.

pub(super) mod frames;
pub(super) mod plan;

/// What holds for one category, beside what holds for all.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes JSON that is made elsewhere")]
pub(super) struct CategoryRuleAnswer {
    #[schema(required, value_type = Option<String>, format = DateTime)]
    on_sale_from: Option<String>,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    on_sale_until: Option<String>,
    /// Pieces of this category that one buyer may have. Null: no more than of all.
    #[schema(required)]
    pieces_per_buyer: Option<u32>,
}

/// When a sale is open.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes JSON that is made elsewhere")]
pub(super) struct WindowAnswer {
    #[schema(required, value_type = Option<String>, format = DateTime)]
    on_sale_from: Option<String>,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    on_sale_until: Option<String>,
}
