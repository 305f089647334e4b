type  A<T>={[K in keyof T]?:T[K]extends infer U?U:never}
const f=async<T,>(x:T,{a,b=2,...rest}:{a:number,b?:number})=>{ if(x)return await Promise.all([a,b].map((n)=>n**2)); else throw   new Error(`${x} ${ a+b }`) }
class B extends A  implements C{ private readonly x:number|undefined; @decorated() method<T>(this:B){return<T>this.x!} }
export  const veryLongNameOfSomething = someFunctionCall(withArguments, andMore, andEvenMore, untilTheLineIsTooLong)
