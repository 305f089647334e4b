import { nothing } from './lazy';
import './none';
const const = 1;
