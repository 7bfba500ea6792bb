/** Sentences that explain a belief, one a line. The second, its reason, stands above already wherever they are shown. */
export const Explanation = ({ sentences }: { sentences: readonly string[] }) => (
  <ul className="explanation">
    {sentences.toSpliced(1, 1).map((sentence) => (
      <li key={sentence}>{sentence}</li>
    ))}
  </ul>
)
