/** A kind of thing with the lowest and highest price it sells for, whole units of the currency. */
export type Kind = readonly [name: string, low: number, high: number];

/** One department of the demo shop: how its products are named and priced, and what is bought along with them. */
export interface CategoryPlan {
  name: string;
  slug: string;
  /** `{kind}`, `{style}` and `{detail}` are from this plan, `{brand}` and `{model}` drawn; the others are `Words`. */
  pattern: string;
  kinds: readonly Kind[];
  styles: readonly string[];
  details: readonly string[];
  /** Slugs of the categories whose products go into the same basket. */
  complements: readonly string[];
}

const gadget = '{brand} {model} {kind}, {detail}';
const ware = '{brand} {style} {kind}, {detail}';
const coloured = '{brand} {style} {kind} in {colour}';

/* prettier-ignore */
export const categoryPlans: readonly CategoryPlan[] = [
  { name: 'Smartphones', slug: 'smartphones', pattern: gadget, styles: [], complements: ['phone-accessories', 'headphones'],
    kinds: [['Smartphone', 249, 1199], ['5G Phone', 299, 1099], ['Compact Phone', 149, 699], ['Rugged Phone', 199, 749], ['Foldable Phone', 899, 1899]],
    details: ['64 GB', '128 GB', '256 GB', '512 GB'] },
  { name: 'Phone Accessories', slug: 'phone-accessories', pattern: ware, styles: ['Slim', 'Rugged', 'Magnetic', 'Everyday'], complements: ['smartphones', 'headphones'],
    kinds: [['Phone Case', 9, 49], ['Screen Protector', 7, 29], ['Wireless Charger', 19, 69], ['Power Bank', 19, 89], ['USB-C Cable', 7, 24], ['Car Mount', 12, 39]],
    details: ['Black', 'White', 'Navy', 'Sand'] },
  { name: 'Laptops', slug: 'laptops', pattern: gadget, styles: [], complements: ['computer-accessories', 'bags'],
    kinds: [['Ultrabook', 799, 2199], ['Gaming Laptop', 999, 2899], ['Convertible', 599, 1599], ['Business Laptop', 699, 1999], ['Student Laptop', 299, 799]],
    details: ['8 GB / 256 GB', '16 GB / 512 GB', '32 GB / 1 TB'] },
  { name: 'Computer Accessories', slug: 'computer-accessories', pattern: ware, styles: ['Ergonomic', 'Compact', 'Silent', 'Studio'], complements: ['laptops', 'headphones'],
    kinds: [['Mouse', 12, 99], ['Keyboard', 24, 189], ['USB Hub', 14, 79], ['Laptop Stand', 19, 89], ['Webcam', 29, 179], ['Docking Station', 79, 299]],
    details: ['Black', 'White', 'Graphite', 'Silver'] },
  { name: 'Headphones', slug: 'headphones', pattern: gadget, styles: [], complements: ['smartphones', 'phone-accessories'],
    kinds: [['Earbuds', 29, 279], ['Over-Ear Headphones', 49, 449], ['Studio Headphones', 79, 399], ['Sport Earphones', 19, 149], ['Bluetooth Speaker', 24, 299]],
    details: ['Black', 'White', 'Blue', 'Noise Cancelling'] },
  { name: 'Cameras', slug: 'cameras', pattern: gadget, styles: [], complements: ['bags', 'computer-accessories'],
    kinds: [['Mirrorless Camera', 599, 2499], ['Compact Camera', 149, 799], ['Action Camera', 99, 449], ['Zoom Lens', 199, 1499], ['Tripod', 29, 249]],
    details: ['Black', 'Silver', 'Travel Kit'] },
  { name: 'Kitchen Appliances', slug: 'kitchen-appliances', pattern: gadget, styles: [], complements: ['cookware', 'coffee-and-tea'],
    kinds: [['Toaster', 24, 119], ['Blender', 34, 199], ['Stand Mixer', 129, 549], ['Kettle', 19, 99], ['Air Fryer', 69, 249], ['Espresso Machine', 99, 799]],
    details: ['Steel', 'Matte Black', 'Cream'] },
  { name: 'Cookware', slug: 'cookware', pattern: ware, styles: ['Cast Iron', 'Non-Stick', 'Steel', 'Professional'], complements: ['kitchen-appliances', 'groceries'],
    kinds: [['Frying Pan', 19, 129], ['Saucepan', 24, 119], ['Casserole', 39, 249], ['Griddle', 24, 99], ['Baking Tray', 9, 39]],
    details: ['Small', 'Medium', 'Large'] },
  { name: 'Coffee and Tea', slug: 'coffee-and-tea', pattern: ware, styles: ['Organic', 'Highland', 'Reserve', 'House'], complements: ['kitchen-appliances', 'groceries'],
    kinds: [['Espresso Beans', 7, 39], ['Filter Coffee', 6, 34], ['Green Tea', 4, 24], ['Black Tea', 3, 22], ['Herbal Infusion', 3, 19]],
    details: ['250 g', '500 g', '1 kg'] },
  { name: 'Groceries', slug: 'groceries', pattern: '{brand} {ingredient} {kind}, {detail}', styles: [], complements: ['coffee-and-tea', 'cookware'],
    kinds: [['Sauce', 2, 9], ['Snack Mix', 2, 8], ['Soup', 2, 7], ['Spread', 3, 11], ['Crackers', 2, 6]],
    details: ['200 g', '400 g', 'Family Pack'] },
  { name: 'Furniture', slug: 'furniture', pattern: ware, styles: ['Nordic', 'Classic', 'Industrial', 'Slimline', 'Country'], complements: ['home-decor', 'lighting'],
    kinds: [['Armchair', 149, 699], ['Desk', 99, 599], ['Bookcase', 59, 399], ['Side Table', 29, 199], ['Dining Chair', 39, 249], ['Sofa', 399, 1899]],
    details: ['Oak', 'Walnut', 'White', 'Anthracite'] },
  { name: 'Home Decor', slug: 'home-decor', pattern: coloured, styles: ['Handmade', 'Nordic', 'Vintage', 'Minimal'], complements: ['furniture', 'lighting'],
    kinds: [['Vase', 9, 79], ['Picture Frame', 7, 49], ['Cushion', 12, 59], ['Scented Candle', 7, 39], ['Wall Clock', 19, 99], ['Rug', 39, 349]], details: [] },
  { name: 'Bedding', slug: 'bedding', pattern: ware, styles: ['Cotton', 'Linen', 'Satin', 'Bamboo', 'Down'], complements: ['home-decor', 'furniture'],
    kinds: [['Duvet', 39, 249], ['Fitted Sheet', 15, 69], ['Duvet Cover', 24, 129], ['Blanket', 24, 149], ['Mattress Topper', 59, 259]],
    details: ['140 x 200 cm', '160 x 200 cm', '200 x 220 cm'] },
  { name: 'Lighting', slug: 'lighting', pattern: ware, styles: ['Nordic', 'Industrial', 'Art Deco', 'Minimal'], complements: ['furniture', 'home-decor'],
    kinds: [['Desk Lamp', 19, 149], ['Floor Lamp', 39, 349], ['Pendant Light', 29, 299], ['LED Strip', 9, 59], ['Night Light', 8, 34]],
    details: ['Warm White', 'Dimmable', 'Smart'] },
  { name: 'Books', slug: 'books', pattern: '{bookTitle} ({kind}, {brand} Press)', styles: [], complements: ['coffee-and-tea', 'games'],
    kinds: [['Hardcover', 18, 39], ['Paperback', 8, 17], ['Illustrated Edition', 24, 59], ['Large Print', 12, 29]], details: [] },
  { name: 'Games', slug: 'games', pattern: ware, styles: ['Ancient Rome', 'Deep Space', 'Wild West', 'Pirate', 'Medieval'], complements: ['books', 'groceries'],
    kinds: [['Strategy Game', 29, 89], ['Card Game', 8, 29], ['Puzzle', 9, 34], ['Party Game', 14, 44], ['Building Set', 19, 149]],
    details: ['Base Edition', 'Deluxe Edition', 'Travel Edition'] },
  { name: 'Women\'s Clothing', slug: 'womens-clothing', pattern: coloured, styles: ['Linen', 'Cotton', 'Wool', 'Relaxed', 'Tailored'], complements: ['shoes', 'bags'],
    kinds: [['Dress', 29, 189], ['Blouse', 19, 99], ['Trousers', 29, 129], ['Cardigan', 29, 139], ['Coat', 89, 349], ['Skirt', 19, 99]], details: [] },
  { name: 'Men\'s Clothing', slug: 'mens-clothing', pattern: coloured, styles: ['Linen', 'Cotton', 'Wool', 'Relaxed', 'Slim Fit'], complements: ['shoes', 'watches'],
    kinds: [['Shirt', 19, 109], ['Chinos', 29, 119], ['Sweater', 29, 149], ['Jacket', 69, 329], ['T-Shirt', 9, 49], ['Polo', 19, 79]], details: [] },
  { name: 'Shoes', slug: 'shoes', pattern: coloured, styles: ['Leather', 'Canvas', 'Suede', 'Everyday'], complements: ['womens-clothing', 'mens-clothing'],
    kinds: [['Sneakers', 39, 179], ['Boots', 69, 279], ['Loafers', 59, 219], ['Slip-Ons', 29, 99], ['Sandals', 24, 129]], details: [] },
  { name: 'Bags', slug: 'bags', pattern: coloured, styles: ['Leather', 'Canvas', 'Recycled', 'Waxed'], complements: ['laptops', 'womens-clothing'],
    kinds: [['Backpack', 39, 199], ['Tote Bag', 19, 149], ['Messenger Bag', 39, 219], ['Weekender', 69, 329], ['Camera Bag', 29, 159]], details: [] },
  { name: 'Watches', slug: 'watches', pattern: gadget, styles: [], complements: ['mens-clothing', 'bags'],
    kinds: [['Chronograph', 99, 699], ['Diver\'s Watch', 149, 899], ['Smartwatch', 79, 499], ['Dress Watch', 69, 599]],
    details: ['Leather Strap', 'Steel Bracelet', 'Silicone Strap'] },
  { name: 'Skin Care', slug: 'skin-care', pattern: ware, styles: ['Aloe', 'Sensitive', 'Vitamin C', 'Hydrating'], complements: ['bedding', 'womens-clothing'],
    kinds: [['Face Cream', 9, 79], ['Cleanser', 6, 34], ['Sunscreen', 8, 39], ['Serum', 14, 89], ['Hand Balm', 5, 24]],
    details: ['50 ml', '100 ml', '200 ml'] },
  { name: 'Fitness', slug: 'fitness', pattern: ware, styles: ['Studio', 'Home', 'Pro', 'Active'], complements: ['cycling', 'headphones'],
    kinds: [['Kettlebell', 19, 99], ['Resistance Band', 9, 29], ['Dumbbell Set', 29, 249], ['Medicine Ball', 19, 79], ['Weighted Vest', 39, 149]],
    details: ['Light', 'Medium', 'Heavy'] },
  { name: 'Cycling', slug: 'cycling', pattern: gadget, styles: [], complements: ['fitness', 'bags'],
    kinds: [['Bike Helmet', 34, 199], ['City Bike', 399, 1299], ['Gravel Bike', 799, 2499], ['Cycling Gloves', 14, 59], ['Cycling Jersey', 29, 129], ['Knee Warmers', 14, 49]],
    details: ['Small', 'Medium', 'Large'] },
];
