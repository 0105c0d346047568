// SPDX-License-Identifier: Apache-2.0
//
// Prices as a viewer's language writes them. All prices here are placeholders, in euros.

export function priceIn(locale: string): (euros: number) => string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
  return (euros) => format.format(euros);
}
