const t=(f)=>{try{const r=f();console.log(JSON.stringify(r))}catch(e){console.log(e.name,e.code,e.message)}};
for (const e of ['utf-16le','utf-16be','gb18030','gbk','big5','euc-jp','shift_jis','euc-kr','iso-2022-jp','x-user-defined','replacement']) for (const o of [{},{fatal:true},{ignoreBOM:true}]) {
 let d; console.log(e,JSON.stringify(o)); try{d=new TextDecoder(e,o);}catch(x){console.log(x.name,x.code,x.message);continue}
 for (const s of [[0x41],[0x42,0],[0xfe,0xff,0,0x41],[0xff,0xfe,0x41,0],[0x81],[0x81,0x30,0x81,0x30],[0xff],[0xa4,0xa2],[0x1b,0x24,0x42,0x24,0x22],[0x88,0x62],[]]) { t(()=>d.decode(new Uint8Array(s),{stream:true})); }
 t(()=>d.decode());
 for (const s of [[0x41],[0x42,0],[0xfe,0xff,0,0x41],[0xff,0xfe,0x41,0],[0x81],[0x81,0x30,0x81,0x30],[0xff],[0xa4,0xa2],[0x1b,0x24,0x42,0x24,0x22],[0x88,0x62],[]]) { t(()=>d.decode(new Uint8Array(s))); }
 t(()=>d.decode(new Uint8Array([0x41,0x41]).buffer));t(()=>d.decode('x'));t(()=>d.decode(new DataView(new ArrayBuffer(4))));
}
