// No web fonts: the docs ask nobody for anything.
import Theme from 'vitepress/theme-without-fonts';

export default Theme;
