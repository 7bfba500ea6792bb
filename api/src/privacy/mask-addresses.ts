/** An e-mail address, wherever it stands in a text. */
const email = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu
/** A Greek telephone number, 2… or 69… and ten digits, with or without its country, however it is parted. */
const phone = /(?<![\p{L}\p{N}+])(?:(?:\+|00)30[ .\-/]?)?(?:69|2[1-8])(?:[ .\-/]?\d){8}(?!\d)/gu

/**
 * A text for everybody's eyes without the addresses somebody has typed into it. Notes of tickets are public and go over MQTT, and a
 * hurried hand writes into them whom to call.
 */
export const maskAddresses = (text: string): string => text.replace(email, '…@…').replace(phone, '…')
