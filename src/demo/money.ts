/** An amount in hundredths of the currency's unit: whole numbers add up exactly, binary fractions do not. */
export type Cents = number;

export function cents(units: number, hundredths: number): Cents {
  return units * 100 + hundredths;
}

/** `249900` → `2499`, `249950` → `2499.50`: both forms occur in the documents, so both occur in the demo. */
export function decimalText(amount: Cents): string {
  const hundredths = amount % 100;
  const units = (amount - hundredths) / 100;
  return hundredths === 0 ? String(units) : `${units}.${String(hundredths).padStart(2, '0')}`;
}
