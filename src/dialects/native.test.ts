import { dialectContract } from '../../test/contracts/dialect.ts'
import { native } from './native.ts'

dialectContract(native, 'native.txt')
