import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";

import config from "./svelte.config.js";

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/api/types.ts", "public/"] },
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig: config } },
  },
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-eval": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-expressions": ["error", { allowTernary: true, allowShortCircuit: true }],
      "max-lines": ["error", { max: 400, skipBlankLines: true }],
      // our router takes plain addresses
      "svelte/no-navigation-without-resolve": "off",
      "svelte/prefer-svelte-reactivity": "off", // state here is replaced, not changed
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      // the server's policy lets no style stand in the page; style:name={…} is set by script and may
      "no-restricted-syntax": ["error", { selector: 'SvelteAttribute[key.name="style"]', message: "use style:name={…}" }],
      "svelte/no-at-html-tags": "error",
    },
  },
);
