import { dialectContract } from '../../test/contracts/dialect.ts'
import { thumbor } from './thumbor.ts'

dialectContract(thumbor, 'thumbor.txt')
