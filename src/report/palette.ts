/** The colours of plots and pages, light and dark. */
export const palette = `:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1d2126; --muted: #5c6670; --line: #d9dee3; --band: #f5f7f9;
  --federated: #1f6fb2; --reference: #c7681c; --data: #7c8791; --warning: #b3261e;
  --series-3: #2e8b57; --series-4: #9a4fb0; --series-7: #0f8f9b; --series-8: #8a6d1a;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e4e8ec; --muted: #9aa5b0; --line: #333a41; --band: #1c2125;
    --federated: #63b0ee; --reference: #eb9d55; --data: #96a1ab; --warning: #f28b82;
    --series-3: #63c08b; --series-4: #c98adf; --series-7: #4fc6d1; --series-8: #c9a950;
  }
}
`;
