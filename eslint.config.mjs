import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// The arrows of docs/ARCHITECTURE.md: who may import whom.
const arrows = {
  'type:pure': [],
  'type:program': [],
  'type:loader': ['bpf-object'],
  'type:daemon': ['detector', 'map-codec'],
  'type:app': ['bpf-object', 'map-codec', 'detector', 'packet', 'loader-native', 'daemon'],
  'type:testkit': ['bpf-object', 'map-codec', 'detector', 'packet', 'loader-native'],
  'type:bench': ['bpf-object', 'map-codec', 'detector', 'packet', 'loader-native', 'testkit'],
  'type:deploy': [],
  'type:matrix': ['bpf-object', 'map-codec', 'packet', 'loader-native', 'testkit'],
};

const boundaries = (extra) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: false,
      // The frames and objects that packages' own tests are made of; exported, they would make fast-check a dependency.
      allow: [
        '../../packages/packet/test/arbitrary.ts',
        '../../packages/bpf-object/test/mutate.ts',
        '../../packages/bpf-object/test/outcome.ts',
      ],
      depConstraints: Object.entries(arrows).map(([sourceTag, names]) => ({
        sourceTag,
        onlyDependOnLibsWithTags: [...names, ...extra].map((name) => `name:${name}`),
      })),
    },
  ],
});

const tests = ['**/*.test.ts', '**/test/**/*.ts'];
const pure = ['bpf-object', 'map-codec', 'detector', 'packet'].map((name) => `**/packages/${name}/src/**/*.ts`);

export default tseslint.config(
  { ignores: ['**/dist', '**/build', '**/node_modules', '**/*.generated.ts', '.nx'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@nx': nx },
    rules: {
      ...boundaries([]),
      'no-console': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: tests,
    // A test may use any package and the private testkit.
    rules: { ...boundaries(['bpf-object', 'map-codec', 'detector', 'packet', 'loader-native', 'daemon', 'testkit']) },
  },
  {
    files: pure,
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'A pure package imports nothing.' }] },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
);
