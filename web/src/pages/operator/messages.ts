import { operator as en } from "../../i18n/en/operator.ts";
import { addMessages } from "../../i18n/index.ts";
import { operator as ko } from "../../i18n/ko/operator.ts";

// Imported for its effect, before anything of these pages is rendered.
addMessages("operator", { en, ko });
