// The texts whose contrast is less than 4.5 to 1, which WCAG 2 asks for at level AA.
const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
const over = ([r, g, b, a = 1], below) => [r, g, b].map((part, index) => part * a + below[index] * (1 - a));
const light = ([r, g, b]) => [r, g, b].map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
// Colours and elements may let through what is behind them.
const seen = (element) => {
    if (!element) return [255, 255, 255];
    const style = getComputedStyle(element);
    const behind = seen(element.parentElement);
    return over([...over(parse(style.backgroundColor), behind), Number(style.opacity)], behind);
};
const faint = [];
for (const element of document.querySelectorAll("body *")) {
    const shows = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!shows || !element.checkVisibility({ opacityProperty: true }) || element.matches("option")) continue;
    const behind = seen(element);
    let opacity = 1;
    for (let one = element; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
    const [r, g, b, a = 1] = parse(getComputedStyle(element).color);
    const [one, other] = [light(over([r, g, b, a * opacity], behind)), light(behind)];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.push(`${element.tagName} ${element.className}: ${ratio.toFixed(2)} ${element.innerText.slice(0, 30)}`);
}
return faint;
