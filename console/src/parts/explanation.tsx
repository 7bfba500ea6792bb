/** Sentences that explain a belief, one a line; the language is the page's. */
export const Explanation = ({ sentences }: { sentences: readonly string[] }) => (
  <ul className="explanation">
    {sentences.map((sentence) => (
      <li key={sentence}>{sentence}</li>
    ))}
  </ul>
)
